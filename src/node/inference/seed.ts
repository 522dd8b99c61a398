/** llama.cpp takes this seed to mean "draw one from the clock". */
const RANDOM_SEED = 0xffffffff;

/**
 * The seed of one position of one sample. Every step of the lockstep sampler makes a new sampler in llama.cpp, so that
 * the sample's seed alone would draw the same random number at every position.
 */
export function positionSeed(seed: number, position: number): number {
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  const mixed = mix(mix(mix(seed >>> 0) ^ high) + position);
  return mixed === RANDOM_SEED ? 0 : mixed;
}

/** The finaliser of MurmurHash3 (32 bits): neighbouring inputs give unrelated outputs. */
function mix(value: number): number {
  let h = (value + 0x9e3779b9) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
