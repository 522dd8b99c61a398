import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countOf,
  firstChange,
  type GRID_FILTERS,
  GRID_ORDERS,
  type GridRow,
  gridDifference,
  gridRows,
} from '../../../src/core/comparison/index.ts';

const letters = fc.string({ unit: fc.constantFrom('c', 'i', 'u'), maxLength: 8 });
const row = fc.tuple(fc.option(letters), fc.option(letters)).map(
  (arms): GridRow => ({
    problemId: 'p',
    statement: '',
    gold: null,
    level: null,
    arms,
    shares: arms.map((arm) => {
      const graded = arm === null ? 0 : countOf(arm, 'c') + countOf(arm, 'i');
      return arm === null || graded === 0 ? null : countOf(arm, 'c') / graded;
    }),
  }),
);
const grid = fc
  .array(row, { maxLength: 20 })
  .map((rows) => rows.map((one, at) => ({ ...one, problemId: `p${at}` })));
const pair = { baseline: 0, other: 1 };

describe('rows of the grid', () => {
  it('are the same rows in any order, each once', () => {
    fc.assert(
      fc.property(grid, fc.constantFrom(...GRID_ORDERS), (rows, order) => {
        const shown = gridRows(rows, { ...pair, filter: 'all', order });
        expect(shown.map(({ problemId }) => problemId).sort()).toEqual(
          rows.map(({ problemId }) => problemId).sort(),
        );
      }),
    );
  });

  it('are parted by the filters: improved, regressed, unchanged, and what has no difference', () => {
    fc.assert(
      fc.property(grid, (rows) => {
        const count = (filter: (typeof GRID_FILTERS)[number]) =>
          gridRows(rows, { ...pair, filter, order: 'as in the set' }).length;
        const none = rows.filter((one) => gridDifference(one, pair) === null).length;
        expect(count('improved') + count('regressed') + count('unchanged') + none).toBe(rows.length);
        expect(count('changed')).toBe(count('improved') + count('regressed'));
      }),
    );
  });

  it('begin with the worst regression, and end with what cannot be compared', () => {
    fc.assert(
      fc.property(grid, (rows) => {
        const shown = gridRows(rows, { ...pair, filter: 'all', order: 'regressions first' });
        const keys = shown.map((one) => gridDifference(one, pair) ?? 2);
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
      }),
    );
  });

  it('swap improved and regressed when the runs are swapped', () => {
    fc.assert(
      fc.property(grid, (rows) => {
        const ids = (view: Parameters<typeof gridRows>[1]) =>
          gridRows(rows, view).map((one) => one.problemId);
        expect(ids({ ...pair, filter: 'improved', order: 'as in the set' })).toEqual(
          ids({ baseline: 1, other: 0, filter: 'regressed', order: 'as in the set' }),
        );
      }),
    );
  });
});

describe('the first change', () => {
  it('is a sample that both runs have and grade differently, when there is one', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const at = firstChange({ arms: [before, after] } as unknown as GridRow, pair);
        const shared = Math.min(before.length, after.length);
        const differs = [...before.slice(0, shared)].some((letter, i) => letter !== after[i]);
        if (differs) expect(before[at]).not.toBe(after[at]);
        else expect(at).toBe(0);
      }),
    );
  });
});
