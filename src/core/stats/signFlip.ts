import type { Sums } from '../metrics/metric.ts';
import type { ValueOf } from './bootstrap.ts';
import { seededRandom } from './random.ts';

export interface SignFlipResult {
  /** Two-sided. */
  readonly p: number;
  /** All patterns were gone through. */
  readonly isExact: boolean;
}

/** Problems with different sums up to which all 2^n patterns are gone through (spec C4). */
const EXACT_UP_TO = 20;
export const DEFAULT_PERMUTATIONS = 100_000;

/**
 * Paired sign-flip test (spec C4): under the null hypothesis the two arms of a problem can be exchanged. For a mean of
 * differences that flips their signs; for a ratio metric the sums themselves change arms. `null` where the statistic is
 * undefined. Drawn p-values are (1 + hits) / (1 + draws).
 */
export function signFlipTest(
  a: readonly Sums[],
  b: readonly Sums[],
  value: ValueOf,
  { draws = DEFAULT_PERMUTATIONS, seed = 0 }: { draws?: number; seed?: number } = {},
): SignFlipResult | null {
  const whole = a[0]?.length ?? 0;
  const gapAt = (i: number, column: number) => (b[i]?.[column] ?? 0) - (a[i]?.[column] ?? 0);
  // Of a sum that no problem has different, such as the number of problems, nothing ever changes arms.
  const columns = [...(a[0] ?? []).keys()].filter((column) => a.some((_, i) => gapAt(i, column) !== 0));
  const gaps = a
    .map((_, i) => Float64Array.from(columns, (column) => gapAt(i, column)))
    .filter((gap) => gap.some((term) => term !== 0));
  const width = columns.length;
  const statistic = exchanged(columnSums(a, whole), columnSums(b, whole), columns, value);
  const observed = statistic(new Float64Array(width));
  if (observed === null || !Number.isFinite(observed) || whole === 0) return null;
  // Sums are added in another order than in the observed statistic: equal ones may differ in the last bits.
  const threshold = observed - 1e-12 * Math.max(1, observed);
  const isHit = (moved: Float64Array) => (statistic(moved) ?? 0) >= threshold;
  return gaps.length <= EXACT_UP_TO
    ? { p: exactShare(gaps, width, isHit), isExact: true }
    : { p: drawnShare(gaps, width, isHit, draws, seed), isExact: false };
}

/** The absolute difference of the two values when the sums in `moved`, one for each of the columns, have changed arms. */
function exchanged(totalA: Float64Array, totalB: Float64Array, columns: readonly number[], value: ValueOf) {
  const sumsA: number[] = Array.from(totalA);
  const sumsB: number[] = Array.from(totalB);
  return (moved: Float64Array): number | null => {
    for (let at = 0; at < moved.length; at += 1) {
      const gap = moved[at] ?? 0;
      const column = columns[at] ?? 0;
      sumsA[column] = (totalA[column] ?? 0) + gap;
      sumsB[column] = (totalB[column] ?? 0) - gap;
    }
    const valueA = value(sumsA);
    const valueB = value(sumsB);
    return valueA === null || valueB === null ? null : Math.abs(valueB - valueA);
  };
}

function columnSums(rows: readonly Sums[], width: number): Float64Array {
  const total = new Float64Array(width);
  for (const row of rows) addTo(total, row);
  return total;
}

function addTo(total: Float64Array, row: ArrayLike<number>): void {
  for (let column = 0; column < total.length; column += 1) {
    total[column] = (total[column] ?? 0) + (row[column] ?? 0);
  }
}

type IsHit = (moved: Float64Array) => boolean;

/**
 * Goes through all patterns: each level leaves one problem where it is, then moves it. Moving all the others instead
 * gives the same absolute difference, so that the first problem can stay.
 */
function exactShare(gaps: readonly Float64Array[], width: number, isHit: IsHit): number {
  const movedAt = [...gaps, null].map(() => new Float64Array(width));
  const visit = (at: number): number => {
    const moved = movedAt[at];
    const gap = gaps[at];
    if (moved === undefined) return 0;
    if (gap === undefined) return isHit(moved) ? 1 : 0;
    const next = movedAt[at + 1];
    if (next === undefined) return 0;
    next.set(moved);
    const stayed = visit(at + 1);
    if (at === 0) return stayed;
    next.set(moved);
    addTo(next, gap);
    return stayed + visit(at + 1);
  };
  return visit(0) / 2 ** Math.max(0, gaps.length - 1);
}

function drawnShare(
  gaps: readonly Float64Array[],
  width: number,
  isHit: IsHit,
  draws: number,
  seed: number,
): number {
  const tables = octetSums(gaps, width);
  const random = seededRandom(seed);
  const moved = new Float64Array(width);
  let hits = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    moved.fill(0);
    let bits = 0;
    for (let octet = 0; octet < tables.length; octet += 1) {
      if (octet % 4 === 0) bits = random.bits();
      const from = (bits & 0xff) * width;
      bits >>>= 8;
      // Both indices are in range by construction, and this loop runs a hundred thousand times for each metric.
      const table = tables[octet] as Float64Array;
      for (let column = 0; column < width; column += 1) {
        moved[column] = (moved[column] as number) + (table[from + column] as number);
      }
    }
    if (isHit(moved)) hits += 1;
  }
  return (1 + hits) / (1 + draws);
}

/** For every eight gaps the sums of all 256 choices of them, `width` numbers each: a draw adds one instead of eight. */
function octetSums(gaps: readonly Float64Array[], width: number): Float64Array[] {
  const tables: Float64Array[] = [];
  for (let start = 0; start < gaps.length; start += 8) {
    const table = new Float64Array(256 * width);
    for (let choice = 1; choice < 256; choice += 1) {
      const lowest = 31 - Math.clz32(choice & -choice);
      const rest = choice & (choice - 1);
      const gap = gaps[start + lowest];
      for (let column = 0; column < width; column += 1) {
        table[choice * width + column] = (table[rest * width + column] ?? 0) + (gap?.[column] ?? 0);
      }
    }
    tables.push(table);
  }
  return tables;
}
