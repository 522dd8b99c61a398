import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBudget } from '../../../src/cli/budget.ts';
import { estimateText } from '../../../src/cli/generation.ts';

describe('a budget', () => {
  it.each([
    ['500ktokens', { tokens: 500_000 }],
    ['2Mtokens', { tokens: 2_000_000 }],
    ['1.5k tokens', { tokens: 1500 }],
    ['1 token', { tokens: 1 }],
    ['90s', { seconds: 90 }],
    ['30min', { seconds: 1800 }],
    ['8h', { seconds: 28_800 }],
  ])('%s', (text, budget) => {
    expect(parseBudget(text)).toEqual(budget);
  });

  it('is refused when it could mean two things or nothing', () => {
    for (const text of ['', '3', '30m', '2M', '0tokens', '-5min', '1e9tokens', 'tokens', '5 hours']) {
      expect(() => parseBudget(text), text).toThrow(/such as 500ktokens/);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const { tokens = 1, seconds = 1 } = parseBudget(text);
          expect(tokens > 0 && seconds > 0).toBe(true);
        } catch (thrown) {
          expect(String(thrown)).toContain('expected tokens or a time');
        }
      }),
    );
  });
});

it('an estimate is one line', () => {
  const estimate = {
    samples: 464,
    tokens: 61_234,
    tokensSpread: 4321,
    seconds: 130,
    bytes: 640_000,
    probed: 16,
  };
  expect(estimateText(estimate)).toBe(
    '464 more samples: about 61k tokens (±4321), 2:10, 0.6 MB; judged by 16',
  );
  expect(estimateText({ ...estimate, tokensSpread: null, tokens: 2e7, bytes: 4e7 })).toBe(
    '464 more samples: about 20M tokens, 2:10, 40 MB; judged by 16',
  );
});
