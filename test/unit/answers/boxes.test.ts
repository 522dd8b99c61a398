import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBoxes } from '../../../src/core/answers/index.ts';

describe('findBoxes', () => {
  it('finds each box with its span and content', () => {
    const text = 'first \\boxed{1}, then $\\boxed{\\frac{a}{b}}$.';
    const boxes = findBoxes(text);
    expect(boxes.map((box) => box.content)).toEqual(['1', '\\frac{a}{b}']);
    for (const box of boxes) expect(text.slice(...box.span)).toBe(`\\boxed{${box.content}}`);
  });

  it.each([
    ['\\boxed{\\{1, 2\\}}', '\\{1, 2\\}'],
    ['\\fbox{7}', '7'],
    ['\\boxed {7}', '7'],
    ['\\boxed 7.', '7'],
    ['\\boxed{\\boxed{7}}', '\\boxed{7}'],
    ['\\text{\\boxed{7}}', '7'],
    ['a stray { and \\boxed{7}', '7'],
    ['a stray } and \\boxed{7}', '7'],
  ])('reads %s', (text, content) => {
    expect(findBoxes(text).map((box) => box.content)).toEqual([content]);
  });

  it('marks a box that is cut off', () => {
    expect(findBoxes('so \\boxed{12')).toEqual([{ span: [3, 12], content: '12', closed: false }]);
  });

  it('does not take another command for a box', () => {
    expect(findBoxes('\\boxedwidth{3} \\box{4}')).toEqual([]);
  });

  it('finds a closed box whatever text stands before it', () => {
    const noise = fc.string({ unit: fc.constantFrom('{', '}', '\\', 'boxed', '\\boxed', ' ', 'x', '\n') });
    fc.assert(
      fc.property(noise, (before) => {
        const box = findBoxes(`${before} \\boxed{42}`).at(-1);
        expect(box?.content).toContain('42');
      }),
    );
  });

  it.each(['\\boxed{', '{', '\\boxed', '\\boxed{}', '\\'])('reads 1 MB of %s in a moment', (unit) => {
    const text = unit.repeat(Math.ceil(1e6 / unit.length));
    const start = process.cpuUsage();
    findBoxes(text);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});
