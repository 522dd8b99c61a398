import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateRest, probeSize } from '../../../src/core/runs/index.ts';

describe('the estimate of a run', () => {
  it('scales tokens and bytes by the samples, and time by those made side by side', () => {
    const probe = [
      { tokens: 100, ms: 1000, bytes: 500 },
      { tokens: 300, ms: 3000, bytes: 700 },
    ];
    expect(estimateRest(probe, { samples: 40, atOnce: 8 })).toEqual({
      samples: 40,
      tokens: 8000,
      // 12.706: Student's t with one degree of freedom.
      tokensSpread: Math.round(12.7062 * Math.sqrt(20_000 * (1 / 2 + 1 / 40)) * 40),
      seconds: 10,
      bytes: 24_000,
      probed: 2,
    });
    expect(estimateRest([], { samples: 40, atOnce: 8 })).toBeNull();
  });

  it('covers the truth in most cases', () => {
    let covered = 0;
    const TRIES = 400;
    const rng = fc.sample(fc.array(fc.integer({ min: 50, max: 400 }), { minLength: 216, maxLength: 216 }), {
      numRuns: TRIES,
      seed: 1,
    });
    for (const lengths of rng) {
      const probe = lengths.slice(0, 16).map((tokens) => ({ tokens, ms: tokens, bytes: tokens }));
      const truth = lengths.slice(16).reduce((sum, tokens) => sum + tokens, 0);
      const estimate = estimateRest(probe, { samples: 200, atOnce: 16 });
      if (estimate && Math.abs(estimate.tokens - truth) <= (estimate.tokensSpread ?? 0)) covered += 1;
    }
    expect(covered / TRIES).toBeGreaterThan(0.88);
  });

  it('is left out where it would cost more than one part in eight', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 256 }), (samples, atOnce) => {
        expect(probeSize(samples, atOnce) * 8).toBeLessThanOrEqual(samples);
      }),
    );
    expect([probeSize(1000, 64), probeSize(1000, 8), probeSize(10, 8)]).toEqual([32, 8, 0]);
  });
});
