import { byCodeUnits } from '../textOrder.ts';

/**
 * A hash of 32 bits: FNV-1a over the UTF-8 bytes of `<seed>:<id>`, then the final mix of MurmurHash3, because FNV
 * alone leaves ids that differ in their last digit close together.
 */
export function hash32(seed: number, id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}:${id}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The order of drawing: by the hash, and by the ids themselves where two hashes are one. */
export function byDraw(seed: number): (a: string, b: string) => number {
  return (a, b) => hash32(seed, a) - hash32(seed, b) || byCodeUnits(a, b);
}

/**
 * The seed of one sample, from the seed of the run and the sample's id, so that a sample made later, or in another
 * order, is the same sample. 0 and 2^32 - 1 mean "draw one" to some engines and are not used.
 */
export function sampleSeed(runSeed: number, id: string): number {
  const hash = hash32(runSeed, id);
  return hash === 0 || hash === 0xffffffff ? 1 : hash;
}
