import { afterEach, expect, it, vi } from 'vitest';
import { createOutput } from '../../../src/cli/output.ts';

afterEach(() => void vi.restoreAllMocks());

it('never lets a name, an answer or an error move the cursor', () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const output = createOutput({ json: false, quiet: false });
  const attack = 'a\u001b[2J\u009b31mb\rc';
  output.result({}, `${attack}\n| 1 |\tx  \n`);
  output.row({}, attack);
  output.row({}, 'name,value\r\na,1\r\n');
  output.note(attack);
  output.warn(attack);
  const shown = 'a⟦U+001B⟧[2J⟦U+009B⟧31mb⟦U+000D⟧c';
  expect(written).toEqual([
    `${shown}\n| 1 |\tx\n`,
    `${shown}\n`,
    'name,value\r\na,1\r\n\n',
    `${shown}\n`,
    `warning: ${shown}\n`,
  ]);
});
