import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupByProblem, metricsFor } from '../../../src/core/metrics/index.ts';
import { comparisonSchema, runSummarySchema } from '../../../src/core/schema/comparison.ts';
import { collectRun, compareRuns, summarizeRun } from '../../../src/core/stats/index.ts';
import { critique, solutions } from '../metrics/rows.ts';

const run = (label: string, ...problems: string[]) => ({
  label,
  groups: groupByProblem({ solutions: solutions(...problems) }),
});
const quick = { draws: 1000, permutations: 1000 };

describe('compareRuns', () => {
  it('says better where every problem improved', () => {
    const base = run('base', ...Array(20).fill('iiic'));
    const trained = run('scft', ...Array(20).fill('iccc'));
    const comparison = compareRuns(base, trained, quick);
    expect(comparison.verdict).toMatchObject({ metric: 'pass@1', verdict: 'better' });
    expect(comparison.verdict?.sentence).toMatch(/^Better: \+50\.0 points/);
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison);
  });

  it('cannot tell a run from itself, and says so', () => {
    const base = run('base', 'iic', 'ccc', 'iii', 'cic');
    const comparison = compareRuns(base, base, quick);
    expect(comparison.verdict).toMatchObject({ verdict: 'cannot tell' });
    expect(comparison.metrics.find((metric) => metric.isHeadline)?.paired).toMatchObject({
      difference: 0,
      p: 1,
    });
  });

  it('compares only the problems that both runs have', () => {
    const comparison = compareRuns(run('a', 'cc', 'ii'), run('b', 'ii'), quick);
    expect(comparison.problems).toEqual({ baseline: 2, other: 1, shared: 1 });
    expect(comparison.perProblem.map((row) => [row.problemId, row.difference])).toEqual([
      ['p0', -1],
      ['p1', null],
    ]);
  });

  it('is the same for the same seed', () => {
    const [a, b] = [run('a', 'cii', 'cci', 'iii'), run('b', 'cci', 'cci', 'cii')];
    expect(compareRuns(a, b, quick)).toEqual(compareRuns(a, b, quick));
  });

  it('is the same in whatever order the samples were finished', () => {
    const lines = solutions('cii', 'cci', 'iii', 'icc', 'ccu');
    const other = run('b', 'cci', 'cci', 'cii', 'ccc', 'iii');
    const few = { draws: 100, permutations: 100 };
    const told = compareRuns({ label: 'a', groups: groupByProblem({ solutions: lines }) }, other, few);
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        const groups = groupByProblem({ solutions: shuffled });
        expect(compareRuns({ label: 'a', groups }, other, few)).toEqual(told);
      }),
      { numRuns: 20 },
    );
  });

  it('shows transitions where there are critiques', () => {
    const groups = groupByProblem({
      critiques: [critique('a', 0, 'i→c', 'incorrect'), critique('b', 0, 'c→c', 'correct')],
    });
    const comparison = compareRuns({ label: 'a', groups }, { label: 'b', groups }, quick);
    expect(comparison.transitions?.baseline).toEqual({ 'c→c': 1, 'i→c': 1, 'c→i': 0, 'i→i': 0 });
    expect(comparison.verdict?.metric).toBe('acc@t2');
  });
});

describe('summarizeRun', () => {
  it('does not promise that what never happened cannot happen', () => {
    const summary = summarizeRun(run('base', ...new Array(12).fill('cccc')), quick);
    const pass = summary.metrics.find((metric) => metric.id === 'pass@1')?.estimate;
    expect(pass?.interval).toMatchObject({ high: 1, method: 'exact', low: expect.closeTo(0.735, 3) });
  });

  it('is the same for a run that is read problem by problem, in any order', () => {
    const { label, groups } = run('base', 'iic', 'ccc', 'iii', 'cic');
    const told = summarizeRun({ label, groups }, quick);
    const collected = collectRun(label, metricsFor(groups));
    for (const group of groups.toReversed()) collected.add(group);
    expect(collected.summary(quick)).toEqual(told);
  });

  it('gives every metric with an interval around it', () => {
    const summary = summarizeRun(run('base', 'iic', 'ccc', 'iii', 'cic'), quick);
    expect(runSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    const pass = summary.metrics.find((metric) => metric.id === 'pass@1')?.estimate;
    expect(pass?.value).toBeCloseTo(0.5);
    expect(pass?.interval?.low).toBeLessThan(0.5);
    expect(pass?.interval?.high).toBeGreaterThan(0.5);
  });
});
