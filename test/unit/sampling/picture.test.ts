import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILTER_ORDER, S2R_FILTER_ORDER } from '../../../src/core/sampling/index.ts';
import {
  EXAMPLE_CHARACTERS,
  exampleRecords,
  type KeptRecord,
  lengthBins,
  stageWords,
  yieldRows,
} from '../../../src/core/sampling/picture.ts';
import { PROBLEMS, solution } from '../../vscode/runFixtures.ts';

const record = (id: string, q: string, text = 'text'): KeptRecord => ({
  id,
  q,
  text,
  tokens: 5,
  type: 'i2c',
});

describe('the lengths of records', () => {
  it('are each counted once, in bins that follow each other', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1 }), (tokens) => {
        const bins = lengthBins(tokens);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(tokens.length);
        for (const [at, { from, to, count }] of bins.entries()) {
          expect(from).toBe(bins[at - 1]?.to ?? 0);
          expect(tokens.filter((length) => length >= from && length < to)).toHaveLength(count);
        }
      }),
    );
  });
});

describe('the yield by level', () => {
  it('counts problems, samples and records of each level', () => {
    const problems = PROBLEMS.map((problem, at) => ({ ...problem, level: at + 1 }));
    const [first] = problems;
    const rows = yieldRows(
      {
        problems,
        solutions: [solution('tank', 0), solution('tank', 1), solution('cards', 0)],
        critiques: [],
      },
      [record('a', first?.problem ?? ''), record('b', first?.problem ?? '')],
    );
    expect(rows).toEqual([
      { level: '1', problems: 1, productive: 1, samples: 2, records: 2 },
      { level: '2', problems: 1, productive: 0, samples: 1, records: 0 },
    ]);
  });
});

describe('records to read', () => {
  it('are the same whatever order the records come in, and are cut at a readable length', () => {
    const records = Array.from({ length: 50 }, (_, at) => record(`r${at}`, 'q', 'x'.repeat(10_000_000 / 50)));
    const one = exampleRecords(records);
    expect(exampleRecords(records.toReversed())).toEqual(one);
    expect(one).toHaveLength(20);
    expect(one.every(({ text }) => text.length <= EXAMPLE_CHARACTERS + 1)).toBe(true);
  });
});

describe('the words of the funnel', () => {
  it('are there for every filter', () => {
    for (const filter of [...FILTER_ORDER, ...S2R_FILTER_ORDER]) {
      expect(stageWords(filter).dropped, filter).not.toBe(filter);
    }
    expect(stageWords('a-new-filter').dropped).toBe('a-new-filter');
  });
});
