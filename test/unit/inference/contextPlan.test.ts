import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ContextWish,
  DEFAULT_CONTEXT_TOKENS,
  planContext,
} from '../../../src/node/inference/contextPlan.ts';

const wishes: fc.Arbitrary<ContextWish> = fc.record({
  slots: fc.integer({ min: 1, max: 256 }),
  contextTokens: fc.option(fc.integer({ min: 8, max: 2 ** 31 }), { nil: undefined }),
  trainedTokens: fc.integer({ min: 64, max: 2 ** 31 }),
  budgetTokens: fc.integer({ min: 0, max: 2 ** 33 }),
});

describe('planContext', () => {
  it('never passes memory, training, the wish, or the number of slots', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const plan = planContext(wish);
        if (plan === null) return;
        expect(plan.slots * plan.contextTokens).toBeLessThanOrEqual(wish.budgetTokens);
        expect(plan.contextTokens).toBeLessThanOrEqual(wish.trainedTokens);
        expect(plan.contextTokens).toBeLessThanOrEqual(wish.contextTokens ?? DEFAULT_CONTEXT_TOKENS);
        expect(plan.slots).toBeGreaterThanOrEqual(1);
        expect(plan.slots).toBeLessThanOrEqual(wish.slots);
        expect(Number.isInteger(plan.contextTokens) && plan.contextTokens > 0).toBe(true);
      }),
    );
  });

  it('gives up only when not even one short context fits', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        expect(planContext(wish) === null).toBe(wish.budgetTokens < Math.min(64, wish.contextTokens ?? 64));
      }),
    );
  });

  it.each([
    [
      'all that was wanted',
      { slots: 32, contextTokens: undefined, trainedTokens: 1024, budgetTokens: 1e9 },
      32,
      1024,
    ],
    [
      'fewer slots first',
      { slots: 32, contextTokens: undefined, trainedTokens: 8192, budgetTokens: 65536 },
      8,
      8192,
    ],
    [
      'then a shorter context',
      { slots: 32, contextTokens: undefined, trainedTokens: 2 ** 17, budgetTokens: 32768 },
      4,
      8192,
    ],
    [
      'then fewer slots again',
      { slots: 32, contextTokens: undefined, trainedTokens: 2 ** 17, budgetTokens: 9000 },
      2,
      4500,
    ],
    [
      'a wish kept at the cost of slots',
      { slots: 32, contextTokens: 32768, trainedTokens: 2 ** 17, budgetTokens: 40000 },
      1,
      32768,
    ],
    [
      'a wish that memory denies',
      { slots: 32, contextTokens: 2e9, trainedTokens: 2 ** 31, budgetTokens: 20000 },
      1,
      20000,
    ],
    [
      'a wish that training denies',
      { slots: 2, contextTokens: 2e9, trainedTokens: 1024, budgetTokens: 1e9 },
      2,
      1024,
    ],
  ])('plans %s', (_what, wish, slots, contextTokens) => {
    expect(planContext(wish)).toEqual({ slots, contextTokens });
  });
});
