import { expect, it } from 'vitest';
import { renderLiveText } from '../../../src/core/transcript/index.ts';

const run = { title: 'nano on demo-5', progress: '3 of 10', isOver: false };

it('shows what is being written as it is, under how far the run is', () => {
  const text = 'Step 1: \u202e<b>$(zap)\n';
  const [head, , heading, , ...body] = renderLiveText(run, { id: 'tank#0', start: 0, text }).split('\n');
  expect(head).toBe('nano on demo-5 · 3 of 10');
  expect(heading).toBe(`── tank#0, ${text.length} characters so far ──`);
  expect(body.join('\n')).toBe(`${text}\n`);
});

it('says what was left out before the end of a long text', () => {
  const shown = renderLiveText(run, { id: 'tank#0', start: 5000, text: 'the end' });
  expect(shown).toContain('5007 characters so far');
  expect(shown).toContain('… 5000 characters before this\nthe end\n');
});

it('says so when nothing is being written, now or any more', () => {
  expect(renderLiveText(run, null)).toContain('Nothing is being written at the moment.');
  const over = renderLiveText({ ...run, isOver: true }, { id: 'tank#0', start: 0, text: 'old' });
  expect(over).toContain('Nothing is being written any more.');
  expect(over).not.toContain('old');
});

it('keeps its own lines single, whatever a title or an id holds', () => {
  const sample = { id: 'a\nb', start: 0, text: 'x' };
  const lines = renderLiveText({ ...run, title: 'one\ntwo' }, sample).split('\n');
  expect(lines[0]).toBe('one two · 3 of 10');
  expect(lines[2]).toBe('── a b, 1 characters so far ──');
});
