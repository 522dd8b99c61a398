import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionSeed } from '../../../src/node/inference/seed.ts';

const RANDOM_SEED = 0xffffffff;

describe('positionSeed', () => {
  it('is a 32-bit number that is never the one llama.cpp takes for "random"', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.nat({ max: 1_000_000 }), (seed, position) => {
        const value = positionSeed(seed, position);
        expect(Number.isInteger(value) && value >= 0 && value < RANDOM_SEED).toBe(true);
      }),
    );
  });

  it('gives neighbouring seeds and positions values of their own', () => {
    const values = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      for (let position = 0; position < 200; position++) values.add(positionSeed(seed, position));
    }
    // 40,000 draws of 2^32 meet 0.2 times on average.
    expect(values.size).toBeGreaterThan(39_995);
  });

  it('tells seeds above 32 bits apart', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 20 }), fc.integer({ min: 1, max: 2 ** 20 }), (low, high) => {
        expect(positionSeed(low + high * 2 ** 32, 0)).not.toBe(positionSeed(low, 0));
      }),
    );
  });

  it('spreads evenly', () => {
    const buckets = new Array<number>(16).fill(0);
    const draws = 16_000;
    for (let index = 0; index < draws; index++) {
      const bucket = Math.floor(positionSeed(7, index) / 2 ** 28);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    const expected = draws / 16;
    const chiSquare = buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 15 degrees of freedom: 37.7 is passed once in a thousand.
    expect(chiSquare).toBeLessThan(37.7);
  });
});
