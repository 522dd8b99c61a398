import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/stats/random.ts';
import { resamplesOf } from '../../../src/core/stats/resamples.ts';

it('resamples are the numbers of their seed, however many others were asked for in between', () => {
  const asked = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 5000 }), fc.nat(5));
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 12 }), (calls) => {
      for (const [problems, draws, seed] of [...calls, ...calls]) {
        const picked = resamplesOf(problems, draws, seed);
        const random = seededRandom(seed);
        expect(picked).toHaveLength(problems * draws);
        for (let at = 0; at < 50 && at < problems * draws; at += 1)
          expect(picked?.[at]).toBe(random.below(problems));
      }
    }),
    { numRuns: 20 },
  );
});

it('too many to be kept are not drawn', () => {
  expect(resamplesOf(100_000, 10_000, 0)).toBeNull();
});
