import { describe, expect, it } from 'vitest';
import { nearNames, standingReviews } from '../../../src/core/runs/index.ts';
import type { Review } from '../../../src/core/schema/lines.ts';

const review = (decision: Review['decision'], finding?: number): Review => ({
  critiqueId: 'p#0/0',
  decision,
  by: 'ada',
  at: '2026-01-01T00:00:00Z',
  ...(finding === undefined ? {} : { finding }),
});
const decisionOf = (...reviews: Review[]) => standingReviews(reviews).get('p#0/0')?.decision ?? null;

describe('standing reviews', () => {
  it('lets the last line win', () => {
    expect(decisionOf(review('accept'), review('reject'))).toBe('reject');
    expect(decisionOf(review('reject'), review('accept'))).toBe('accept');
  });

  it('takes back what is undone, and only that', () => {
    expect(decisionOf(review('reject'), review('undone'))).toBeNull();
    expect(decisionOf(review('reject', 0), review('accept', 1), review('undone', 0))).toBe('accept');
    expect(decisionOf(review('reject'), review('accept', 1), review('undone', 1))).toBe('reject');
  });

  it('is as bad as the worst finding, unless the whole critique was decided on', () => {
    expect(decisionOf(review('accept', 0), review('reject', 1), review('accept', 2))).toBe('reject');
    expect(decisionOf(review('reject', 1), review('accept'))).toBe('accept');
    expect(decisionOf(review('superficial', 1), review('accept', 0))).toBe('superficial');
  });
});

describe('near names', () => {
  it('offers what was probably meant, best first, and nothing far off', () => {
    const names = ['20260101-100000-evaluate-aime24', '20260101-110000-evaluate-math', 'nano', 'r1-7b'];
    expect(nearNames('naon', names)).toEqual(['nano']);
    expect(nearNames('evaluate-math', names)[0]).toBe('20260101-110000-evaluate-math');
    expect(nearNames('zzzzzzzzzzzz', names)).toEqual([]);
  });
});
