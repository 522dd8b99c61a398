/**
 * Agreement with scipy and statsmodels to 1e-9 where nothing is drawn. The values come from
 * `scripts/checks/statistics_reference.py`, which also checks that the file is current.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { groupByProblem, METRICS, passAtKOf } from '../../../src/core/metrics/index.ts';
import {
  bcaTails,
  boundaryInterval,
  holm,
  jackknifeValues,
  mcnemarExact,
  minimalDetectableEffect,
  normalCdf,
  normalQuantile,
  quantile,
  ratioDifferenceStandardError,
  ratioStandardError,
  signFlipTest,
  studentCdf,
  studentQuantile,
  totalVariance,
  withinVariance,
} from '../../../src/core/stats/index.ts';
import { critique } from '../metrics/rows.ts';

const pair = z.tuple([z.number(), z.number()]);
const referenceSchema = z.object({
  normal: z.array(
    z.object({
      x: z.number().optional(),
      cdf: z.number().optional(),
      p: z.number().optional(),
      quantile: z.number().optional(),
    }),
  ),
  student: z.array(
    z.object({
      df: z.number(),
      t: z.number().optional(),
      cdf: z.number().optional(),
      p: z.number().optional(),
      quantile: z.number().optional(),
    }),
  ),
  quantile: z.array(
    z.object({ values: z.array(z.number()), q: z.array(z.number()), expected: z.array(z.number()) }),
  ),
  mcnemar: z.array(z.object({ gained: z.number(), lost: z.number(), p: z.number() })),
  holm: z.array(z.object({ p: z.array(z.number()), adjusted: z.array(z.number()) })),
  signFlip: z.array(z.object({ a: z.array(z.number()), b: z.array(z.number()), p: z.number() })),
  bca: z.array(z.object({ rows: z.array(pair), ratio: z.boolean(), low: z.number(), high: z.number() })),
  ratio: z.array(z.object({ a: z.array(pair), b: z.array(pair), se: z.number(), differenceSe: z.number() })),
  variance: z.array(z.object({ counts: z.array(pair), within: z.number(), total: z.number() })),
  power: z.array(z.object({ sd: z.number(), n: z.number(), effect: z.number() })),
  boundary: z.array(z.object({ n: z.int(), k: z.int(), low: z.number(), high: z.number() })),
  mcc: z.array(z.object({ counts: z.tuple([z.int(), z.int(), z.int(), z.int()]), mcc: z.number() })),
  passAtK: z.array(z.object({ n: z.int(), c: z.int(), k: z.int(), value: z.number() })),
});

const FILE = new URL('../../fixtures/contract/statistics.json', import.meta.url);
const reference = referenceSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));

/** Equal to 1e-9, relative or absolute, whichever is stricter for small numbers. */
function expectClose(found: number | null, expected: number): void {
  expect(found).not.toBeNull();
  expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    1e-9 * Math.min(1, Math.abs(expected)) + 1e-300,
  );
}

describe('distributions', () => {
  it.each(reference.normal)('normal %o', ({ x, cdf, p, quantile: expected }) => {
    if (x !== undefined && cdf !== undefined) expectClose(normalCdf(x), cdf);
    if (p !== undefined && expected !== undefined) expectClose(normalQuantile(p), expected);
  });

  it.each(reference.student)('Student %o', ({ df, t, cdf, p, quantile: expected }) => {
    if (t !== undefined && cdf !== undefined) expectClose(studentCdf(t, df), cdf);
    if (p !== undefined && expected !== undefined) expectClose(studentQuantile(p, df), expected);
  });

  it.each(reference.quantile)('quantiles of $values.length numbers', ({ values, q, expected }) => {
    for (const [i, at] of q.entries()) expectClose(quantile(values, at), expected[i] ?? Number.NaN);
  });
});

describe('tests', () => {
  it.each(reference.mcnemar)('McNemar $gained won, $lost lost', ({ gained, lost, p }) => {
    expectClose(mcnemarExact(gained, lost), p);
  });

  it.each(reference.holm)('Holm of $p.length', ({ p, adjusted }) => {
    for (const [i, found] of holm(p).entries()) expectClose(found, adjusted[i] ?? Number.NaN);
  });

  it.each(reference.signFlip)('exact sign-flip of $a.length problems', ({ a, b, p }) => {
    const value = ([sum = 0, n = 0]: readonly number[]) => sum / n;
    const result = signFlipTest(
      a.map((score) => [score, 1]),
      b.map((score) => [score, 1]),
      value,
    );
    expect(result?.isExact).toBe(true);
    expectClose(result?.p ?? null, p);
  });
});

describe('intervals and errors', () => {
  it.each(reference.bca)('BCa over every resample, ratio: $ratio', ({ rows, ratio, low, high }) => {
    const value = (some: readonly (readonly number[])[]) => {
      const sum = (at: 0 | 1) => some.reduce((total, row) => total + (row[at] ?? 0), 0);
      return ratio ? sum(0) / sum(1) : sum(0) / some.length;
    };
    const digits = Array.from({ length: 5 ** 5 }, (_, i) =>
      Array.from({ length: 5 }, (_, k) => Math.floor(i / 5 ** k) % 5),
    );
    const sorted = digits
      .map((picked) => value(picked.map((at) => rows[at] ?? [0, 0])))
      .sort((x, y) => x - y);
    const arm = rows.map((row) => [...row, 1]);
    const jackknife = jackknifeValues([arm], ([sums = []]) =>
      ratio ? (sums[0] ?? 0) / (sums[1] ?? 0) : (sums[0] ?? 0) / (sums[2] ?? 0),
    );
    const tails = bcaTails(sorted, value(rows), jackknife, 0.95);
    expectClose(quantile(sorted, tails.low), low);
    expectClose(quantile(sorted, tails.high), high);
  });

  it.each(reference.ratio)('delta method on $a.length problems', ({ a, b, se, differenceSe }) => {
    expectClose(ratioStandardError(a), se);
    expectClose(ratioDifferenceStandardError(a, b), differenceSe);
  });

  it.each(reference.variance)(
    'within and total variance of $counts.length problems',
    ({ counts, within, total }) => {
      const problems = counts.map(([correct, samples]) => ({ correct, samples }));
      expectClose(withinVariance(problems), within);
      expectClose(totalVariance(problems), total);
    },
  );

  it.each(reference.power)('detectable effect with sd $sd on $n problems', ({ sd, n, effect }) => {
    // statsmodels' power counts rejections on the far side, too: of the order of 1e-6 here.
    expect(minimalDetectableEffect(sd, n)).toBeCloseTo(effect, 5);
  });
});

describe('shares of 0 or 1', () => {
  it.each(reference.boundary)('$k of $n problems (Clopper and Pearson)', ({ n, k, low, high }) => {
    const interval = boundaryInterval(k === 0 ? 0 : 1, n, 0.95, 1000);
    expectClose(interval.low, low);
    expectClose(interval.high, high);
  });
});

describe('metrics', () => {
  it.each(reference.mcc)('MCC of $counts', ({ counts: [tp, fp, tn, fn], mcc }) => {
    const rows = (count: number, truth: 'c→c' | 'i→i', verdict: 'correct' | 'incorrect', from: number) =>
      Array.from({ length: count }, (_, i) => critique('p', from + i, truth, verdict));
    const critiques = [
      ...rows(tp, 'i→i', 'incorrect', 0),
      ...rows(fp, 'c→c', 'incorrect', 1000),
      ...rows(tn, 'c→c', 'correct', 2000),
      ...rows(fn, 'i→i', 'correct', 3000),
    ];
    const metric = METRICS.find(({ id }) => id === 'verdict.mcc');
    expectClose(metric?.compute(groupByProblem({ critiques })).value ?? null, mcc);
  });

  it.each(reference.passAtK)('pass@$k of $c in $n', ({ n, c, k, value }) => {
    expect(passAtKOf(n, c, k)).toBeCloseTo(value, 12);
  });
});
