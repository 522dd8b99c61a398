import { afterEach, expect, it, vi } from 'vitest';
import { createOutput } from '../../../src/cli/output.ts';

afterEach(() => void vi.restoreAllMocks());

function watched() {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  return { output: createOutput({ json: false, quiet: false }), text: () => written.join('') };
}

it('prints what is new of a text, and a line of its own for what is said in between', () => {
  const { output, text } = watched();
  output.growing.show('p#0', 'One', { about: '  0 of 2' });
  output.growing.show('p#0', 'One two');
  output.note('by the way');
  output.growing.show('p#0', 'One two three');
  output.growing.show('p#1', 'Other');
  output.growing.stop();
  expect(text()).toBe('-- p#0  0 of 2\nOne two\nby the way\n-- p#0 goes on\n three\n-- p#1\nOther\n');
});

it('goes on behind what was left out, and starts anew with a text that starts anew', () => {
  const { output, text } = watched();
  output.growing.show('p#0', 'cdef', { start: 2 });
  output.growing.show('p#0', 'efgh', { start: 4 });
  output.growing.show('p#0', 'again');
  expect(text()).toBe('-- p#0\ncdefgh\n-- p#0\nagain');
});

it('never lets a text move the cursor', () => {
  const { output, text } = watched();
  output.growing.show('p#0', 'a\u001b[2Jb\rc');
  expect(text()).toBe('-- p#0\na⟦U+001B⟧[2Jb⟦U+000D⟧c');
});
