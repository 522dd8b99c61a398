import { hash32 } from './seeds.ts';

/** A row of the table of trial counts (spec B3): K, and the probability with which the problem is kept. */
export interface Trials {
  readonly trials: 1 | 2 | 3 | 4;
  readonly keep: number;
}

/** 0.76 · 0.45 · 0.7: the released code thins problems without a wrong answer out three times. */
const KEEP_EASY = 0.2394;

/**
 * From W, the wrong solutions sampled, and I, the distinct wrong answers with a true verification. Null: the table has
 * no such row, because nothing wrong could be verified although something was.
 */
export function trialsOf(wrong: number, verified: number): Trials | null {
  if (wrong === 0) return { trials: 1, keep: KEEP_EASY };
  const most = wrong === 1 ? 1 : wrong <= 3 ? 2 : 3;
  const attempts = Math.min(verified, most);
  if (attempts === 0) return null;
  const keep = attempts === most ? 0.5 : 1;
  if (attempts === 1) return { trials: 2, keep };
  return attempts === 2 ? { trials: 3, keep } : { trials: 4, keep };
}

/** A draw in [0, 1) that depends on the seed and the problem alone. */
export function drawOf(seed: number, problemId: string): number {
  return hash32(seed, `trials:${problemId}`) / 2 ** 32;
}
