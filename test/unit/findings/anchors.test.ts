import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foundAnchor, movedAnchor, type TextChange } from '../../../src/core/findings/anchors.ts';

const text = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'b', '1', '\n') });

/** A text, a span of it, and a change of it. */
const edited = text.chain((before) =>
  fc.record({
    before: fc.constant(before),
    ends: fc.tuple(fc.nat(before.length), fc.nat(before.length)),
    start: fc.nat(before.length),
    removed: fc.nat(before.length),
    insertion: fc.string({ maxLength: 10, unit: fc.constantFrom('x', 'y') }),
  }),
);

describe('an anchor', () => {
  it('holds its text through every edit that leaves the text alone, and is stale after any other', () => {
    fc.assert(
      fc.property(edited, ({ before, ends, start, removed, insertion }) => {
        const span: [number, number] = [Math.min(...ends), Math.max(...ends)];
        const gone = Math.min(removed, before.length - start);
        const change: TextChange = { start, removed: gone, inserted: insertion.length };
        const after = before.slice(0, start) + insertion + before.slice(start + gone);
        const moved = movedAnchor({ span, isStale: false }, change);
        const isTouched = start < span[1] && start + gone > span[0];
        expect(moved.isStale).toBe(isTouched);
        expect(moved.span[0]).toBeGreaterThanOrEqual(0);
        expect(moved.span[1]).toBeGreaterThanOrEqual(moved.span[0]);
        expect(moved.span[1]).toBeLessThanOrEqual(after.length);
        if (!isTouched) expect(after.slice(...moved.span)).toBe(before.slice(...span));
      }),
    );
  });

  it('stays stale whatever is edited later', () => {
    const stale = { span: [2, 4] as [number, number], isStale: true };
    expect(movedAnchor(stale, { start: 0, removed: 0, inserted: 3 })).toEqual({
      span: [5, 7],
      isStale: true,
    });
  });

  it('is found again in a text that was changed elsewhere, nearest to where it was', () => {
    const before = 'Step 1: 1+1=2.\nStep 2: 2+2=5.\nStep 3: 1+1=2.';
    const last = before.lastIndexOf('1+1=2');
    const now = `A note.\n${before}`;
    expect(foundAnchor(before, now, [last, last + 5])).toEqual({
      span: [last + 8, last + 13],
      isStale: false,
    });
    const at = before.indexOf('2+2=5');
    expect(foundAnchor(before, before.replace('2+2=5', '2+2=4'), [at, at + 5])).toEqual({
      span: [at, at + 5],
      isStale: true,
    });
  });

  it('found in the same text is where it was', () => {
    fc.assert(
      fc.property(edited, ({ before, ends }) => {
        const span: [number, number] = [Math.min(...ends), Math.max(...ends)];
        if (span[0] < span[1]) expect(foundAnchor(before, before, span)).toEqual({ span, isStale: false });
      }),
    );
  });
});
