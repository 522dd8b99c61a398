/** A shorter version of `npm run bench -- stats`, which prints 1,000 experiments of each kind. */
import { describe, expect, it } from 'vitest';
import { coverage, ESTIMANDS, falseAlarms } from './simulation.ts';

const EXPERIMENTS = 300;
/** Three standard errors of a share of about 95 % in so many experiments. */
const SLACK = 3 * Math.sqrt((0.95 * 0.05) / EXPERIMENTS);

describe('95 % intervals', () => {
  it.each([30, 60])('cover the truth about 19 times in 20 with %i problems', (problems) => {
    const covered = coverage({
      problems,
      samples: 8,
      experiments: EXPERIMENTS,
      draws: 500,
      method: 'expanded',
    });
    for (const estimand of ESTIMANDS) {
      expect(covered[estimand], estimand).toBeGreaterThan(0.95 - SLACK);
      expect(covered[estimand], estimand).toBeLessThanOrEqual(Math.min(1, 0.95 + SLACK));
    }
  });
});

describe('the paired test', () => {
  it.each([12, 40])('rejects a true null at most once in 20 times with %i problems', (problems) => {
    const alarms = falseAlarms({
      problems,
      samples: 8,
      experiments: EXPERIMENTS,
      draws: 500,
      method: 'expanded',
    });
    expect(alarms).toBeLessThanOrEqual(0.05 + SLACK);
  });
});
