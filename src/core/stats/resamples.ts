import { seededRandom } from './random.ts';

/** The problems of every resample one after another: resample d takes entries d·problems to (d + 1)·problems. */
export type Resamples = Uint16Array | Uint32Array;

/** Entries that are kept for the next metric; a thousand problems resampled ten thousand times are 20 MB. */
const KEPT = 12_000_000;
const known = new Map<string, Resamples>();

/**
 * Which problems each resample takes. Every metric of every arm with as many problems is resampled with the same, so that
 * they are drawn once: drawing costs more than adding. Null where there are too many to be kept.
 */
export function resamplesOf(problems: number, draws: number, seed: number): Resamples | null {
  if (problems * draws > KEPT) return null;
  const key = `${problems} ${draws} ${seed}`;
  const drawn = known.get(key) ?? draw(problems, draws, seed);
  // The one that was used last goes last.
  known.delete(key);
  known.set(key, drawn);
  let kept = 0;
  for (const { length } of known.values()) kept += length;
  for (const [oldest, { length }] of known) {
    if (kept <= KEPT) break;
    known.delete(oldest);
    kept -= length;
  }
  return drawn;
}

function draw(problems: number, draws: number, seed: number): Resamples {
  const random = seededRandom(seed);
  const picked = problems < 2 ** 16 ? new Uint16Array(problems * draws) : new Uint32Array(problems * draws);
  for (let at = 0; at < picked.length; at += 1) picked[at] = random.below(problems);
  return picked;
}
