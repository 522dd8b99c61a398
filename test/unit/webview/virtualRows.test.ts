import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placesFor, rowPlaces, rowWindow } from '../../../webview/shared/virtualRows.ts';

const ROW = 24;
const box = fc.record({
  height: fc.integer({ min: 0, max: 1200 }),
  count: fc.integer({ min: 0, max: 2000 }),
  from: fc.integer({ min: 0, max: 50_000 }),
  to: fc.integer({ min: 0, max: 50_000 }),
});

it('every row that is seen has one place, wherever the box is scrolled to', () => {
  fc.assert(
    fc.property(box, ({ height, count, from }) => {
      const shown = rowWindow(from, height, ROW, count);
      const rows = rowPlaces(shown, placesFor(height, ROW)).filter((row) => row !== null);
      const wanted = Array.from(
        { length: Math.max(0, shown.end - shown.first) },
        (_, at) => shown.first + at,
      );
      expect([...rows].sort((a, b) => a - b)).toEqual(wanted);
    }),
  );
});

it('a row that stays keeps its place', () => {
  fc.assert(
    fc.property(box, ({ height, count, from, to }) => {
      const places = placesFor(height, ROW);
      const [before, after] = [from, to].map((top) => rowPlaces(rowWindow(top, height, ROW, count), places));
      for (const [place, row] of (before ?? []).entries()) {
        const now = after?.indexOf(row) ?? -1;
        if (row !== null && now >= 0) expect(now).toBe(place);
      }
    }),
  );
});
