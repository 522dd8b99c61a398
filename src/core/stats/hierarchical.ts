import { type BootstrapOptions, DEFAULT_DRAWS, DEFAULT_LEVEL, type Interval } from './bootstrap.ts';
import { quantile, standardDeviation } from './quantile.ts';
import { type Random, seededRandom } from './random.ts';

/** One arm: for each training seed, for each problem, the scores of its samples. All seeds have the same problems. */
export type SeededArm = readonly (readonly (readonly number[])[])[];

/**
 * Interval of the difference of two methods, each trained with several seeds (spec C4: seed → problem → sample). Each
 * resample draws the problems once for all, because every seed was evaluated on the same ones, then the training seeds
 * of each method, then the samples. With one seed a method its share of the noise cannot be seen: the interval is of
 * this checkpoint, not of the method. `null` with fewer than two problems, and where a seed lacks a problem or has no
 * sample of it: a gap is no wrong answer.
 */
export function hierarchicalInterval(
  a: SeededArm,
  b: SeededArm,
  { draws = DEFAULT_DRAWS, level = DEFAULT_LEVEL, seed = 0 }: BootstrapOptions = {},
): Interval | null {
  const problems = a[0]?.length ?? 0;
  const isWhole = (run: SeededArm[number]) =>
    run.length === problems && run.every((samples) => samples.length > 0);
  if (problems < 2 || b.length === 0 || ![...a, ...b].every(isWhole)) return null;
  const random = seededRandom(seed);
  const values = new Float64Array(draws);
  const picked = new Uint32Array(problems);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let i = 0; i < problems; i += 1) picked[i] = random.below(problems);
    values[draw] = resampledMean(b, picked, random) - resampledMean(a, picked, random);
  }
  values.sort();
  return {
    low: quantile(values, (1 - level) / 2),
    high: quantile(values, (1 + level) / 2),
    level,
    standardError: standardDeviation(values),
    method: 'percentile',
    draws,
  };
}

function resampledMean(arm: SeededArm, picked: Uint32Array, random: Random): number {
  let sum = 0;
  for (let s = 0; s < arm.length; s += 1) {
    const run = arm[random.below(arm.length)] ?? [];
    for (const problem of picked) {
      const samples = run[problem] ?? [];
      let hits = 0;
      for (let k = 0; k < samples.length; k += 1) hits += samples[random.below(samples.length)] ?? 0;
      sum += hits / samples.length;
    }
  }
  return sum / (arm.length * picked.length);
}
