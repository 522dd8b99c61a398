/**
 * Stopping early on problems that are settled, and what can still be said without bias afterwards.
 *
 * A problem is settled when a test that may be looked at after every sample tells on which side of a threshold its pass
 * rate p lies: the mixture martingale of Robbins (1970) with a uniform prior, E = ∫ q^c (1−q)^(n−c) dq / t^c (1−t)^(n−c).
 * Where p = t, E reaches 1/α with a probability of at most α however long one goes on looking (Ville 1939).
 */
import type { Grade } from '../schema/common.ts';
import type { Stopping } from '../schema/run.ts';
import { bootstrapInterval, type Interval } from './bootstrap.ts';

export type SettledRule = Extract<Stopping, { rule: 'settled' }>;

export const DEFAULT_SETTLED: SettledRule = { rule: 'settled', threshold: 0.5, level: 0.95, batch: 4 };

/** Whether c right of n samples settle a problem. A rate that the sample equals is never settled by it. */
export function isSettled(c: number, n: number, { threshold, level }: SettledRule): boolean {
  const logMixture = logFactorial(c) + logFactorial(n - c) - logFactorial(n + 1);
  const logThreshold = c * Math.log(threshold) + (n - c) * Math.log(1 - threshold);
  return logMixture - logThreshold >= -Math.log(1 - level);
}

/**
 * How many samples a problem is to have, at most `most`: looks are after each batch, and none is made before all samples
 * up to it are there. `isRight` holds the samples by index; holes are samples still to be made.
 */
export function samplesToHave(
  isRight: readonly (boolean | undefined)[],
  most: number,
  rule: SettledRule,
): number {
  let right = 0;
  for (let n = 1; n <= most; n += 1) {
    const sample = isRight[n - 1];
    if (sample === undefined) return Math.min(most, Math.ceil(n / rule.batch) * rule.batch);
    if (sample) right += 1;
    if (n % rule.batch === 0 && isSettled(right, n, rule)) return n;
  }
  return most;
}

/**
 * The unbiased estimate of p from c right of n samples at the end (Girshick, Mosteller and Savage 1946): of all orders of
 * samples that lead there past the looks, the share that begins with a right one. The plain c/n leans to the extremes,
 * because sampling stops when it happens to look extreme.
 */
export function unbiasedRate(c: number, n: number, rule: SettledRule): number | null {
  if (n === 0 || c < 0 || c > n) return null;
  const all = paths(0, 0, c, n, rule);
  return all === 0 ? null : paths(1, 1, c, n, rule) / all;
}

/** Orders of samples from `right` of `made` to c of n in which sampling did not stop before. */
function paths(right: number, made: number, c: number, n: number, rule: SettledRule): number {
  // Counts grow like binomials: past a thousand samples they would overflow, so each step is scaled by a half.
  let counts = new Map<number, number>([[right, 1]]);
  for (let size = made; size < n; size += 1) {
    const next = new Map<number, number>();
    const isLook = size > 0 && size % rule.batch === 0;
    for (const [at, count] of counts) {
      if (isLook && isSettled(at, size, rule)) continue;
      for (const to of [at, at + 1]) next.set(to, (next.get(to) ?? 0) + count / 2);
    }
    counts = next;
  }
  // The path that begins with a right sample has one step less, and so one halving less.
  return (counts.get(c) ?? 0) / 2 ** made;
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i += 1) {
    logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  }
  return logFactorials[n] ?? Number.NaN;
}

/** pass@1 of a run that stopped early on settled problems, without the bias of doing so. */
export interface UnbiasedPass {
  readonly value: number;
  readonly interval: Interval | null;
  readonly problems: number;
  /** Problems on which sampling stopped before the most that was allowed. */
  readonly stopped: number;
}

/** Mean over problems of the unbiased rate; undetermined answers count as not right, as they did for the rule. */
export function unbiasedPassAt1(
  problems: readonly { readonly solutions: readonly { readonly grade: Grade }[] }[],
  { rule, most }: { readonly rule: SettledRule; readonly most: number },
): UnbiasedPass | null {
  const rates = problems.flatMap(({ solutions }) => {
    const right = solutions.filter(({ grade }) => grade === 'correct').length;
    return unbiasedRate(right, solutions.length, rule) ?? [];
  });
  if (rates.length === 0) return null;
  return {
    value: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    interval: bootstrapInterval(
      rates.map((rate) => [rate, 1]),
      ([sum = 0, count = 0]) => (count === 0 ? null : sum / count),
    ),
    problems: rates.length,
    stopped: problems.filter(({ solutions }) => solutions.length < most).length,
  };
}
