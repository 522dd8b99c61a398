import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/stats/random.ts';
import { DEFAULT_SETTLED, isSettled, samplesToHave, unbiasedRate } from '../../../src/core/stats/settled.ts';

const MOST = 32;

/** Samples one problem of pass rate p as an adaptive run does. */
function sampled(p: number, random: { next(): number }): { right: number; n: number } {
  const isRight: boolean[] = [];
  for (let wanted = samplesToHave(isRight, MOST, DEFAULT_SETTLED); isRight.length < wanted; ) {
    isRight.push(random.next() < p);
    wanted = samplesToHave(isRight, MOST, DEFAULT_SETTLED);
  }
  return { right: isRight.filter(Boolean).length, n: isRight.length };
}

/** Mean of something over every order of samples, weighted by its probability. */
function expectation(p: number, of: (right: number, n: number) => number): number {
  let total = 0;
  const walk = (isRight: boolean[], probability: number): void => {
    if (isRight.length >= samplesToHave(isRight, 12, DEFAULT_SETTLED)) {
      total += probability * of(isRight.filter(Boolean).length, isRight.length);
      return;
    }
    walk([...isRight, true], probability * p);
    walk([...isRight, false], probability * (1 - p));
  };
  walk([], 1);
  return total;
}

describe('stopping on settled problems', () => {
  it('takes eight unanimous samples, and is the same for both sides', () => {
    expect([4, 7, 8].map((n) => isSettled(n, n, DEFAULT_SETTLED))).toEqual([false, false, true]);
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), (c, wrong) => {
        expect(isSettled(c, c + wrong, DEFAULT_SETTLED)).toBe(isSettled(wrong, c + wrong, DEFAULT_SETTLED));
      }),
    );
  });

  it('settles a problem that stands on the threshold in at most one case in twenty', () => {
    const random = seededRandom(7);
    const stream = { next: () => random.below(2 ** 30) / 2 ** 30 };
    const early = Array.from({ length: 4000 }, () => sampled(0.5, stream)).filter(({ n }) => n < MOST).length;
    expect(early / 4000).toBeLessThan(0.05);
  });

  it('saves most samples of clear problems', () => {
    const random = seededRandom(3);
    const stream = { next: () => random.below(2 ** 30) / 2 ** 30 };
    const taken = Array.from({ length: 500 }, () => sampled(0.97, stream).n);
    expect(taken.reduce((sum, n) => sum + n, 0) / 500).toBeLessThan(MOST / 3);
  });

  it('depends on the samples alone, not on the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 32 }), fc.nat(40), (isRight, hole) => {
        const wanted = samplesToHave(isRight, MOST, DEFAULT_SETTLED);
        expect(wanted % DEFAULT_SETTLED.batch).toBe(0);
        expect(wanted).toBeLessThanOrEqual(MOST);
        const withHole: (boolean | undefined)[] = [...isRight];
        if (hole < isRight.length) withHole[hole] = undefined;
        expect(samplesToHave(withHole, MOST, DEFAULT_SETTLED)).toBeLessThanOrEqual(Math.max(wanted, MOST));
        // What was settled before the hole stays settled.
        if (hole >= wanted) expect(samplesToHave(withHole, MOST, DEFAULT_SETTLED)).toBe(wanted);
      }),
    );
  });
});

describe('the unbiased rate', () => {
  it.each([0.1, 0.35, 0.5, 0.8, 0.95])('has the expectation p = %f, which the plain share misses', (p) => {
    expect(expectation(p, (c, n) => unbiasedRate(c, n, DEFAULT_SETTLED) ?? Number.NaN)).toBeCloseTo(p, 10);
    if (p !== 0.5) expect(Math.abs(expectation(p, (c, n) => c / n) - p)).toBeGreaterThan(1e-4);
  });

  it('is the plain share where nothing stopped early', () => {
    const never = { ...DEFAULT_SETTLED, batch: 1000 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), (n, c) => {
        if (c > n) expect(unbiasedRate(c, n, never)).toBeNull();
        else expect(unbiasedRate(c, n, never)).toBeCloseTo(c / n, 12);
      }),
    );
  });
});
