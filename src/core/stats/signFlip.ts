import type { Sums } from '../metrics/metric.ts';
import type { ValueOf } from './bootstrap.ts';
import { seededRandom } from './random.ts';

export interface SignFlipResult {
  /** Two-sided. */
  readonly p: number;
  /** All sign patterns were gone through. */
  readonly isExact: boolean;
}

/** Problems with different sums up to which all 2^n patterns are gone through (spec C4). */
const EXACT_UP_TO = 20;
export const DEFAULT_PERMUTATIONS = 100_000;

/**
 * Paired sign-flip test (spec C4): under the null hypothesis the two arms of a problem can be exchanged. For a mean of
 * differences that flips their signs; for a ratio metric the sums themselves change arms. `null` where the statistic is
 * undefined. Monte Carlo p-values are (1 + hits) / (1 + draws).
 */
export function signFlipTest(
  a: readonly Sums[],
  b: readonly Sums[],
  value: ValueOf,
  { draws = DEFAULT_PERMUTATIONS, seed = 0 }: { draws?: number; seed?: number } = {},
): SignFlipResult | null {
  const width = a[0]?.length ?? 0;
  const gaps = a
    .map((sums, i) => sums.map((term, column) => (b[i]?.[column] ?? 0) - term))
    .filter((gap) => gap.some((term) => term !== 0));
  const totalA = columnSums(a, width);
  const totalB = columnSums(b, width);
  /** The statistic when the gaps of some problems, added up in `moved`, have changed arms. */
  const statistic = (moved: readonly number[]): number | null => {
    const valueA = value(totalA.map((term, column) => term + (moved[column] ?? 0)));
    const valueB = value(totalB.map((term, column) => term - (moved[column] ?? 0)));
    return valueA === null || valueB === null ? null : Math.abs(valueB - valueA);
  };
  const observed = statistic(new Array(width).fill(0));
  if (observed === null || width === 0) return null;
  const threshold = observed - 1e-12 * Math.max(1, observed);
  const isHit = (moved: readonly number[]) => (statistic(moved) ?? 0) >= threshold;
  if (gaps.length <= EXACT_UP_TO) return { p: exactShare(gaps, width, isHit), isExact: true };
  return { p: monteCarloShare(gaps, width, isHit, draws, seed), isExact: false };
}

function columnSums(rows: readonly Sums[], width: number): number[] {
  const total: number[] = new Array(width).fill(0);
  for (const row of rows)
    for (let column = 0; column < width; column += 1)
      total[column] = (total[column] ?? 0) + (row[column] ?? 0);
  return total;
}

type IsHit = (moved: readonly number[]) => boolean;

/** Goes through all patterns by halves: each level of the recursion leaves one problem where it is, or moves it. */
function exactShare(gaps: readonly (readonly number[])[], width: number, isHit: IsHit): number {
  let hits = 0;
  const moved: number[] = new Array(width).fill(0);
  const visit = (at: number): void => {
    const gap = gaps[at];
    if (gap === undefined) {
      if (isHit(moved)) hits += 1;
      return;
    }
    const before = moved.slice();
    visit(at + 1);
    for (let column = 0; column < width; column += 1)
      moved[column] = (before[column] ?? 0) + (gap[column] ?? 0);
    visit(at + 1);
    for (let column = 0; column < width; column += 1) moved[column] = before[column] ?? 0;
  };
  visit(0);
  return hits / 2 ** gaps.length;
}

function monteCarloShare(
  gaps: readonly (readonly number[])[],
  width: number,
  isHit: IsHit,
  draws: number,
  seed: number,
): number {
  const random = seededRandom(seed);
  const flat = Float64Array.from(gaps.flat());
  const moved: number[] = new Array(width).fill(0);
  let hits = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    moved.fill(0);
    let bits = 0;
    for (let i = 0; i < gaps.length; i += 1) {
      if (i % 32 === 0) bits = random.bits();
      if ((bits & 1) === 1) {
        for (let column = 0; column < width; column += 1)
          moved[column] = (moved[column] ?? 0) + (flat[i * width + column] ?? 0);
      }
      bits >>>= 1;
    }
    if (isHit(moved)) hits += 1;
  }
  return (1 + hits) / (1 + draws);
}
