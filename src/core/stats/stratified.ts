import type { Sums } from '../metrics/metric.ts';
import {
  type BootstrapOptions,
  bootstrapValues,
  DEFAULT_DRAWS,
  DEFAULT_LEVEL,
  differenceOf,
  expandedTails,
  type Interval,
  type StatisticOf,
  type ValueOf,
} from './bootstrap.ts';
import { quantile, standardDeviation } from './quantile.ts';
import { signFlipTest } from './signFlip.ts';

/** One benchmark: the sums of its problems for each arm, aligned. */
export type Stratum = readonly (readonly Sums[])[];

/**
 * Interval of a mean over benchmarks of equal weight, each resampled on its own (spec C4). With one arm the metric, with
 * two the difference second minus first. `null` where a benchmark leaves it undefined or has a
 * single problem, which shows no spread.
 */
export function stratifiedInterval(
  strata: readonly Stratum[],
  value: ValueOf,
  options: BootstrapOptions = {},
): Interval | null {
  const { draws = DEFAULT_DRAWS, level = DEFAULT_LEVEL, seed = 0 } = options;
  const fewest = Math.min(...strata.map((arms) => arms[0]?.length ?? 0));
  if (fewest < 2) return null;
  const statistic: StatisticOf = strata[0]?.length === 2 ? differenceOf(value) : ([sums = []]) => value(sums);
  // Each benchmark has its own stream, so that adding one does not change the draws of the others.
  const perStratum = strata.map((arms, i) => bootstrapValues(arms, statistic, { draws, seed: seed + i }));
  if (perStratum.length === 0 || perStratum.some((values) => values.length < draws)) return null;
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    for (const values of perStratum) sum += values[draw] ?? 0;
    means[draw] = sum / perStratum.length;
  }
  const sorted = means.sort();
  const tails = expandedTails(level, fewest);
  return {
    low: quantile(sorted, tails.low),
    high: quantile(sorted, tails.high),
    level,
    standardError: standardDeviation(sorted),
    method: 'expanded',
    draws,
  };
}

/**
 * Two runs over several benchmarks of equal weight: mean difference, stratified interval, sign-flip test with problems
 * exchanged within their benchmark. For metrics that are means over problems.
 */
export function stratifiedDifference(
  strata: readonly Stratum[],
  options: BootstrapOptions & { permutations?: number } = {},
): { difference: number; interval: Interval | null; p: number | null } | null {
  const meanOf: ValueOf = ([sum = 0, problems = 0]) => (problems === 0 ? null : sum / problems);
  const weighed = (arm: 0 | 1) =>
    strata.flatMap((stratum) => {
      const rows = stratum[arm] ?? [];
      return rows.map(([score = 0]): Sums => [score / (rows.length * strata.length)]);
    });
  const [a, b] = [weighed(0), weighed(1)];
  if (a.length === 0 || a.length !== b.length) return null;
  const total: ValueOf = ([sum = 0]) => sum;
  const sumOf = (rows: readonly Sums[]) => rows.reduce((sum, [share = 0]) => sum + share, 0);
  return {
    difference: sumOf(b) - sumOf(a),
    interval: stratifiedInterval(strata, meanOf, options),
    p:
      signFlipTest(a, b, total, {
        ...(options.permutations === undefined ? {} : { draws: options.permutations }),
        seed: options.seed ?? 0,
      })?.p ?? null,
  };
}
