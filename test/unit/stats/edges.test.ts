/** Runs that hold nothing, one thing, or nothing in common: no number where there is none, and the reason instead. */
import { describe, expect, it } from 'vitest';
import { comparisonText, summaryText } from '../../../src/cli/comparisonText.ts';
import { groupByProblem, SMALL_DENOMINATOR } from '../../../src/core/metrics/index.ts';
import { comparisonSchema, runSummarySchema } from '../../../src/core/schema/comparison.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';
import {
  bootstrapInterval,
  compareRuns,
  hierarchicalInterval,
  pairedDifference,
  type RunToCompare,
  signFlipTest,
  stratifiedDifference,
  stratifiedInterval,
  summarizeRun,
  totalVariance,
} from '../../../src/core/stats/index.ts';
import { critique, solution } from '../metrics/rows.ts';

const ofSolutions = (...rows: Solution[]) => ({ label: 'run', groups: groupByProblem({ solutions: rows }) });
const failed = { finish: 'error', error: 'lost' } as const;

const RUNS: Record<string, RunToCompare> = {
  empty: ofSolutions(),
  'one sample': ofSolutions(solution('a', 0, 'correct')),
  'one problem': ofSolutions(...[0, 1, 2, 3].map((i) => solution('a', i, i % 2 ? 'correct' : 'incorrect'))),
  undetermined: ofSolutions(...['a', 'b', 'c'].map((id) => solution(id, 0, 'undetermined'))),
  'other problems': ofSolutions(...['x', 'y', 'z'].map((id) => solution(id, 0, 'correct'))),
  failed: ofSolutions(solution('a', 0, 'incorrect', failed), solution('b', 0, 'incorrect', failed)),
  'empty texts': ofSolutions(
    solution('a', 0, 'incorrect', { text: '', tokens: 0, answer: null }),
    solution('b', 0, 'incorrect', { text: '', tokens: 0, answer: null }),
  ),
  critiques: {
    label: 'critic',
    groups: groupByProblem({
      critiques: [critique('a', 0, 'i→c', 'incorrect'), critique('b', 0, null, 'none')],
    }),
  },
};
const quick = { draws: 100, permutations: 100, detail: true };

/** Places of numbers that JSON cannot hold. */
function broken(value: unknown, place = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [place];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => broken(part, `${place}.${key}`));
}

describe.each(Object.entries(RUNS))('a run: %s', (_name, run) => {
  it('has for every metric a value, or null and the reason; few counts are flagged', () => {
    const summary = summarizeRun(run, quick);
    expect(broken(summary)).toEqual([]);
    expect(runSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    for (const { estimate } of summary.metrics) {
      if (estimate.denominator === 0) expect(estimate.value).toBeNull();
      expect(estimate.value === null).toBe(estimate.reason !== undefined);
      expect(estimate.isSmall).toBe(estimate.denominator < SMALL_DENOMINATOR);
    }
    for (const form of ['table', 'md', 'latex'] as const) {
      expect(summaryText(summary, form)).not.toMatch(/NaN|Infinity/);
    }
  });

  it.each(Object.entries(RUNS))('against %s cannot be told better', (_other, other) => {
    const comparison = compareRuns(run, other, quick);
    expect(broken(comparison)).toEqual([]);
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison);
    expect(comparison.verdict?.verdict ?? 'cannot tell').toBe('cannot tell');
    expect(comparisonText(comparison)).not.toMatch(/NaN|Infinity/);
  });
});

it('a run without a finished sample says so, and runs without a common problem do', () => {
  expect(summaryText(summarizeRun(ofSolutions(), quick))).toContain('Nothing to measure');
  const apart = compareRuns(
    ofSolutions(solution('a', 0, 'correct')),
    ofSolutions(solution('b', 0, 'correct')),
  );
  expect(comparisonText(apart)).toContain('they share no problem');
});

it('a critique run has its transition matrix, a run of solutions has none', () => {
  const groups = groupByProblem({
    critiques: [critique('a', 0, 'i→c', 'incorrect'), critique('a', 1, 'c→i', 'incorrect')],
  });
  const summary = summarizeRun({ label: 'critic', groups }, quick);
  expect(summary.transitions).toEqual({ 'c→c': 0, 'i→c': 1, 'c→i': 1, 'i→i': 0 });
  expect(summaryText(summary)).toContain('Critiques of critic: c→c 0, i→c 1, c→i 1, i→i 0');
  expect(summarizeRun(ofSolutions(solution('a', 0, 'correct')), quick).transitions).toBeNull();
});

it('titles with signs of LaTeX and Markdown stay text', () => {
  const run = (label: string) => ({ ...ofSolutions(solution('a', 0, 'correct')), label });
  const comparison = compareRuns(run('50 % of {a}_\\b'), run('x | y'), quick);
  expect(comparisonText(comparison, 'latex')).toContain('50 \\% of \\{a\\}\\_\\textbackslash{}b');
  expect(comparisonText(comparison, 'latex')).toContain('(n$<$20)');
  expect(comparisonText(comparison, 'md')).toContain('x \\| y');
});

describe('what is not a number', () => {
  const share = ([sum = 0, n = 0]: readonly number[]) => sum / n;
  const bad = [
    [Number.NaN, 1],
    [1, 1],
    [0, 1],
  ];
  const good = [
    [1, 1],
    [1, 1],
    [0, 1],
  ];

  it('is no difference, no interval and no small p', () => {
    expect(pairedDifference(bad, good, share, quick)).toMatchObject({ difference: null, p: null });
    expect(signFlipTest(bad, good, share)).toBeNull();
    expect(bootstrapInterval(bad, share, quick)).toBeNull();
  });

  it('a problem without samples has no variance, and a seed without samples no interval', () => {
    expect(
      totalVariance([
        { correct: 0, samples: 0 },
        { correct: 1, samples: 1 },
      ]),
    ).toBeNull();
    expect(hierarchicalInterval([[[1], [0]]], [[[], [0]]], quick)).toBeNull();
    expect(hierarchicalInterval([[[1], [0]], [[1]]], [[[1], [0]]], quick)).toBeNull();
  });

  it('a benchmark of one problem shows no spread, so that there is no interval', () => {
    const one = [[[1, 1]], [[0, 1]]];
    expect(stratifiedInterval([one], share, quick)).toBeNull();
    expect(stratifiedDifference([one], quick)).toMatchObject({ difference: -1, interval: null });
  });
});

it('what no problem showed may still happen: no interval of width 0 for a share or a change', () => {
  const solved = summarizeRun(
    ofSolutions(...['a', 'b', 'c'].map((id) => solution(id, 0, 'incorrect', { text: 'Wait.' }))),
    quick,
  );
  const groups = groupByProblem({
    critiques: ['a', 'b', 'c'].map((id) => critique(id, 0, 'i→i', 'correct')),
  });
  const judged = summarizeRun({ label: 'critic', groups }, quick);
  const of = (summary: typeof solved, id: string) =>
    summary.metrics.find((metric) => metric.id === id)?.estimate;
  // Clopper and Pearson for 0 of 3: 1 − 0.025^(1/3).
  const reach = expect.closeTo(0.7076, 4);
  expect(of(solved, 'err.lrm')).toMatchObject({ value: 0, interval: { low: 0, high: reach } });
  expect(of(judged, 'delta')).toMatchObject({
    value: 0,
    interval: { low: expect.closeTo(-0.7076, 4), high: reach },
  });
});
