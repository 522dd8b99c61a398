import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32, rightSolutionsInOrder, sampleSeed } from '../../../src/core/sampling/index.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';

describe('seeds of samples', () => {
  it('stay what they are: a change would make other samples of the same run', () => {
    expect([
      sampleSeed(0, 'p#0'),
      sampleSeed(0, 'p#1'),
      sampleSeed(1, 'p#0'),
      sampleSeed(7, 'π#0/3'),
    ]).toEqual([3271432016, 2272278785, 938263727, 4088828614]);
  });

  it('are whole numbers of 32 bits that no engine takes for "draw one"', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (seed, id) => {
        const own = sampleSeed(seed, id);
        expect(Number.isInteger(own) && own > 0 && own < 0xffffffff).toBe(true);
      }),
    );
  });

  it('differ within a run of 20,000 samples about as often as chance allows, and use every bit', () => {
    const seeds = Array.from({ length: 20_000 }, (_, index) =>
      sampleSeed(3, `aime-${index >> 4}#${index & 15}`),
    );
    // Expected collisions: 20,000² / 2 / 2³² = 0.05.
    expect(new Set(seeds).size).toBeGreaterThanOrEqual(seeds.length - 1);
    for (let bit = 0; bit < 32; bit += 1) {
      const share = seeds.filter((seed) => (seed >>> bit) & 1).length / seeds.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
    }
  });

  it('are FNV-1a with the final mix of MurmurHash3', () => {
    let fnv = 0x811c9dc5;
    for (const byte of Buffer.from('12:é#0')) fnv = Math.imul(fnv ^ byte, 0x01000193);
    fnv ^= fnv >>> 16;
    fnv = Math.imul(fnv, 0x85ebca6b);
    fnv ^= fnv >>> 13;
    fnv = Math.imul(fnv, 0xc2b2ae35);
    expect(hash32(12, 'é#0')).toBe((fnv ^ (fnv >>> 16)) >>> 0);
  });
});

describe('right solutions', () => {
  it('come one of each problem before the second of any', () => {
    const solutions = ['a', 'a', 'a', 'b', 'c', 'c'].map(
      (problemId, index) => ({ id: `${problemId}#${index}`, problemId, grade: 'correct' }) as Solution,
    );
    const order = rightSolutionsInOrder(solutions, 5).map(({ problemId }) => problemId);
    expect([order.slice(0, 3).sort(), order.slice(3, 5).sort(), order.slice(5)]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
      ['a'],
    ]);
  });
});
