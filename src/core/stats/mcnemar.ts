import { logGamma } from './student.ts';

/**
 * McNemar's exact test for two greedy runs of one sample a problem (spec C4): among the problems on which the runs
 * differ, `gained` were won and `lost` were lost; two-sided binomial with probability ½. Without any the p-value is 1.
 */
export function mcnemarExact(gained: number, lost: number): number {
  const n = gained + lost;
  const fewer = Math.min(gained, lost);
  let tail = 0;
  for (let k = 0; k <= fewer; k += 1) {
    tail += Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}
