/** A seeded stream of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** 32 random bits as a non-negative integer. */
  bits(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
}

/** xoshiro128** (Blackman and Vigna), its state filled by SplitMix32 from the seed. */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0;
  const split = () => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  // A typed array, not four variables: captured 32-bit integers would be boxed on every write.
  const state = Int32Array.of(split(), split(), split(), split());
  const bits = () => {
    const [b, d] = [state[1] as number, state[3] as number];
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const c = (state[2] as number) ^ (state[0] as number);
    const mixed = d ^ b;
    state[1] = b ^ c;
    state[0] = (state[0] as number) ^ mixed;
    state[2] = c ^ (b << 9);
    state[3] = (mixed << 11) | (mixed >>> 21);
    return result;
  };
  return {
    bits,
    uniform: () => ((bits() >>> 5) * 0x4000000 + (bits() >>> 6)) / 0x20000000000000,
    below: (n) => Math.floor((bits() / 0x100000000) * n),
  };
}
