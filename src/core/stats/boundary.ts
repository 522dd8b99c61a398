import type { Interval } from './bootstrap.ts';

/**
 * Interval of a share that is 0 or 1 on every one of n problems (Clopper and Pearson 1934): resampling them shows no
 * spread at all, but 0 of 12 problems does not mean that the next one cannot fail.
 */
export function boundaryInterval(share: 0 | 1, problems: number, level: number, draws: number): Interval {
  const reach = 1 - ((1 - level) / 2) ** (1 / problems);
  return {
    low: share === 0 ? 0 : 1 - reach,
    high: share === 0 ? reach : 1,
    level,
    standardError: 0,
    method: 'exact',
    draws,
  };
}
