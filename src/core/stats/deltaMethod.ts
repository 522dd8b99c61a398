import { mean, standardDeviation } from './quantile.ts';

/** A numerator and a denominator of one problem. */
export type Ratio = readonly [numerator: number, denominator: number];

/**
 * Standard error of a ratio of sums X = ΣA/ΣB by the delta method (spec C5): z = (A − X·B)/mean(B), SE = sd(z)/√N.
 * `null` with fewer than two problems or a denominator of zero.
 */
export function ratioStandardError(problems: readonly Ratio[]): number | null {
  const z = linearised(problems);
  return z === null ? null : standardDeviation(z) / Math.sqrt(z.length);
}

/** Standard error of the difference of two such ratios over the same problems: sd of the paired z. */
export function ratioDifferenceStandardError(a: readonly Ratio[], b: readonly Ratio[]): number | null {
  const [zA, zB] = [linearised(a), linearised(b)];
  if (zA === null || zB === null || zA.length !== zB.length) return null;
  const z = zA.map((value, i) => (zB[i] ?? 0) - value);
  return standardDeviation(z) / Math.sqrt(z.length);
}

function linearised(problems: readonly Ratio[]): number[] | null {
  const meanNumerator = mean(problems.map(([numerator]) => numerator));
  const meanDenominator = mean(problems.map(([, denominator]) => denominator));
  if (problems.length < 2 || meanDenominator === 0) return null;
  const ratio = meanNumerator / meanDenominator;
  return problems.map(([numerator, denominator]) => (numerator - ratio * denominator) / meanDenominator);
}
