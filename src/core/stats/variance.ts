import { mean, standardDeviation } from './quantile.ts';

/** Correct samples out of all samples of one problem. */
export interface SampleCount {
  readonly correct: number;
  readonly samples: number;
}

/**
 * Variance of pass@1 given these problems: (1/N²) Σ p̂(1−p̂)/(n−1) (spec C3). `null` where a problem has a single sample,
 * which says nothing about sampling noise.
 */
export function withinVariance(problems: readonly SampleCount[]): number | null {
  if (problems.length === 0 || problems.some(({ samples }) => samples < 2)) return null;
  const sum = problems.reduce((total, { correct, samples }) => {
    const p = correct / samples;
    return total + (p * (1 - p)) / (samples - 1);
  }, 0);
  return sum / problems.length ** 2;
}

/** Variance of pass@1 with the problems seen as a sample: s²(p̂)/N (spec C3); it contains the part within. `null` where a problem has none. */
export function totalVariance(problems: readonly SampleCount[]): number | null {
  if (problems.length < 2 || problems.some(({ samples }) => samples === 0)) return null;
  const shares = problems.map(({ correct, samples }) => correct / samples);
  return standardDeviation(shares) ** 2 / problems.length;
}

/** Spread of the mean from run to run: standard deviation of the means of run j over problems, and that of their mean. */
export function runToRun(runs: readonly (readonly number[])[]): { sd: number; standardError: number } | null {
  if (runs.length < 2) return null;
  const sd = standardDeviation(runs.map((run) => mean(run)));
  return { sd, standardError: sd / Math.sqrt(runs.length) };
}
