import type { Sums } from '../metrics/metric.ts';
import { quantile, standardDeviation } from './quantile.ts';
import { seededRandom } from './random.ts';

export interface BootstrapOptions {
  /** Bootstrap resamples; 10,000 unless told. */
  readonly draws?: number;
  readonly seed?: number;
  /** Coverage of the interval; 0.95 unless told. */
  readonly level?: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** Standard error: the standard deviation of the resampled values. */
  readonly standardError: number;
  readonly method: 'percentile';
  readonly draws: number;
}

export const DEFAULT_DRAWS = 10_000;
export const DEFAULT_LEVEL = 0.95;

/** A metric's value from the added sums of some problems. */
export type ValueOf = (sums: Sums) => number | null;

/**
 * Percentile interval of a metric by resampling problems (spec C3, C5): all samples of a problem travel together, sums
 * are added again and divided again. `null` with fewer than two problems or where resamples leave it undefined.
 */
export function bootstrapInterval(
  perProblem: readonly Sums[],
  value: ValueOf,
  options: BootstrapOptions = {},
): Interval | null {
  return percentileInterval(
    bootstrapValues([perProblem], ([sums = []]) => value(sums), options),
    options,
  );
}

/** Interval of the difference b − a, both arms resampled with the same problem draws (spec C4, C5). */
export function pairedBootstrapInterval(
  a: readonly Sums[],
  b: readonly Sums[],
  value: ValueOf,
  options: BootstrapOptions = {},
): Interval | null {
  const difference = ([sumsA = [], sumsB = []]: readonly Sums[]) => {
    const valueA = value(sumsA);
    const valueB = value(sumsB);
    return valueA === null || valueB === null ? null : valueB - valueA;
  };
  return percentileInterval(bootstrapValues([a, b], difference, options), options);
}

/**
 * The statistic on `draws` resamples of the problems. `arms` are aligned: entry i of each is problem i, and each resample
 * takes the same problems in all arms. Resamples on which the statistic is undefined are left out.
 */
export function bootstrapValues(
  arms: readonly (readonly Sums[])[],
  statistic: (sums: readonly Sums[]) => number | null,
  { draws = DEFAULT_DRAWS, seed = 0 }: BootstrapOptions,
): Float64Array {
  const problems = arms[0]?.length ?? 0;
  const tables = arms.map(flatten);
  const sums = arms.map((arm) => new Array<number>(arm[0]?.length ?? 0).fill(0));
  const random = seededRandom(seed);
  const picked = new Uint32Array(problems);
  const values = new Float64Array(draws);
  let kept = 0;
  for (let draw = 0; draw < draws && problems > 0; draw += 1) {
    for (let i = 0; i < problems; i += 1) picked[i] = random.below(problems);
    for (const [arm, table] of tables.entries()) addPicked(table, picked, sums[arm] ?? []);
    const value = statistic(sums);
    if (value === null) continue;
    values[kept] = value;
    kept += 1;
  }
  return values.subarray(0, kept);
}

/** The rows of sums as one array, row after row. */
function flatten(rows: readonly Sums[]): Float64Array {
  const width = rows[0]?.length ?? 0;
  const flat = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) flat.set(row, i * width);
  return flat;
}

function addPicked(table: Float64Array, picked: Uint32Array, sums: number[]): void {
  const width = sums.length;
  for (let column = 0; column < width; column += 1) {
    let sum = 0;
    for (let i = 0; i < picked.length; i += 1) sum += table[(picked[i] ?? 0) * width + column] ?? 0;
    sums[column] = sum;
  }
}

function percentileInterval(
  values: Float64Array,
  { draws = DEFAULT_DRAWS, level = DEFAULT_LEVEL }: BootstrapOptions,
): Interval | null {
  // An undefined statistic on more than one resample in twenty leaves nothing to say about its spread.
  if (values.length < 0.95 * draws || values.length < 2) return null;
  const sorted = values.slice().sort();
  const tail = (1 - level) / 2;
  return {
    low: quantile(sorted, tail),
    high: quantile(sorted, 1 - tail),
    level,
    standardError: standardDeviation(sorted),
    method: 'percentile',
    draws,
  };
}
