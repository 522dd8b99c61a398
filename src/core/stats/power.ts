import type { SampleCount } from './variance.ts';

/** z(0.975) + z(0.8): a two-sided test at 5 % that finds the effect in 80 % of repeats (spec C4). */
export const POWER_FACTOR = 2.80158521811;

/** The smallest difference that N problems show in 4 of 5 repeats: 2.80·sd(d)/√N (spec C4). */
export function minimalDetectableEffect(sdOfDifferences: number, problems: number): number {
  return (POWER_FACTOR * sdOfDifferences) / Math.sqrt(problems);
}

/** How many problems like these would show a difference of this size in 4 of 5 repeats; `null` for no difference. */
export function problemsToTell(difference: number, standardError: number, problems: number): number | null {
  if (difference === 0) return null;
  return Math.ceil(problems * ((POWER_FACTOR * standardError) / difference) ** 2);
}

/**
 * How many samples for each of these problems would show the difference in 4 of 5 repeats. Only the noise within problems
 * shrinks with more samples; `null` where the rest alone hides it, or where one sample a problem leaves it unknown.
 */
export function samplesToTell(
  difference: number,
  a: readonly SampleCount[],
  b: readonly SampleCount[],
): number | null {
  const n = a.length;
  const samples = [...a, ...b].reduce((least, count) => Math.min(least, count.samples), Infinity);
  if (n < 2 || samples < 2 || difference === 0) return null;
  const gaps = a.map((count, i) => shareOf(b[i]) - shareOf(count));
  const centre = gaps.reduce((sum, gap) => sum + gap, 0) / n;
  const total = gaps.reduce((sum, gap) => sum + (gap - centre) ** 2, 0) / (n - 1);
  const noise = a.reduce((sum, count, i) => sum + noiseOf(count) + noiseOf(b[i]), 0) / n;
  const between = Math.max(0, total - noise);
  const allowed = n * (difference / POWER_FACTOR) ** 2;
  return allowed <= between ? null : Math.ceil((samples * noise) / (allowed - between));
}

function shareOf(count: SampleCount | undefined): number {
  return count === undefined ? 0 : count.correct / count.samples;
}

/** Unbiased variance of a problem's share of correct samples. */
function noiseOf(count: SampleCount | undefined): number {
  if (count === undefined) return 0;
  const p = shareOf(count);
  return (p * (1 - p)) / (count.samples - 1);
}
