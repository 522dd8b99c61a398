import type { Budget } from '../evaluate/budget.ts';
import type { GradingPolicy } from '../policies.ts';

/** The three-valued result of a comparison. */
export type Outcome = 'equal' | 'different' | 'unknown';

/** What is handed down a comparison. */
export interface Comparison {
  readonly policy: GradingPolicy;
  readonly budget: Budget;
  /** The last layer that decided something; the reader of a grade sees it. */
  layer: string;
  /** Why something could not be decided: the first reason wins. */
  obstacle: string | null;
}

/** Notes the layer that decided. */
export function decide(comparison: Comparison, layer: string, equal: boolean): Outcome {
  comparison.layer = layer;
  return equal ? 'equal' : 'different';
}

/** Notes why nothing could be decided. */
export function giveUp(comparison: Comparison, obstacle: string): Outcome {
  comparison.obstacle ??= obstacle;
  return 'unknown';
}

/** All must be equal: one difference decides, whatever else is unknown. */
export function every<T>(items: readonly T[], test: (item: T, index: number) => Outcome): Outcome {
  let result: Outcome = 'equal';
  for (const [index, item] of items.entries()) {
    const outcome = test(item, index);
    if (outcome === 'different') return 'different';
    if (outcome === 'unknown') result = 'unknown';
  }
  return result;
}
