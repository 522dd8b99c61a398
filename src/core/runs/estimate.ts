/** What the rest of a run will take, from the samples of a short probe. */

import { studentQuantile } from '../stats/student.ts';

/** A sample of the probe. */
export interface ProbedSample {
  readonly tokens: number;
  /** Wall time of this sample, with as many beside it as the engine takes. */
  readonly ms: number;
  /** Of its line in the run directory. */
  readonly bytes: number;
}

export interface RunEstimate {
  /** Samples still to make. */
  readonly samples: number;
  readonly tokens: number;
  /** Half the width of a 95 % interval of `tokens`; null when the probe cannot tell. */
  readonly tokensSpread: number | null;
  readonly seconds: number;
  readonly bytes: number;
  /** Samples that it was judged by. */
  readonly probed: number;
}

/** Null without a probe. `atOnce`: samples that the engine makes side by side. */
export function estimateRest(
  probe: readonly ProbedSample[],
  { samples, atOnce }: { readonly samples: number; readonly atOnce: number },
): RunEstimate | null {
  const probed = probe.length;
  if (probed === 0) return null;
  const sum = (of: (sample: ProbedSample) => number) => probe.reduce((all, sample) => all + of(sample), 0);
  const mean = sum(({ tokens }) => tokens) / probed;
  const variance = sum(({ tokens }) => (tokens - mean) ** 2) / Math.max(1, probed - 1);
  // The mean of the rest differs from that of the probe by the error of both.
  const error = Math.sqrt(variance * (1 / probed + 1 / Math.max(1, samples)));
  return {
    samples,
    tokens: Math.round(mean * samples),
    tokensSpread: probed < 2 ? null : Math.round(studentQuantile(0.975, probed - 1) * error * samples),
    seconds: (sum(({ ms }) => ms) / probed / 1000) * (samples / Math.max(1, Math.min(atOnce, samples))),
    bytes: Math.round((sum(({ bytes }) => bytes) / probed) * samples),
    probed,
  };
}

/**
 * Samples of a probe: as many as are made side by side, so that its pace is that of the run; none where it would hold up
 * a run for longer than it tells. All of a probe have to end before the rest begins.
 */
export function probeSize(samples: number, atOnce: number): number {
  const size = Math.max(2, Math.min(atOnce, MOST_PROBED));
  return samples >= size * WORTH ? size : 0;
}

const MOST_PROBED = 32;
/** At most one part in so many of the samples. */
const WORTH = 8;
