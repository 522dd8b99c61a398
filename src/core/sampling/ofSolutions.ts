/** What the datasets made of solutions alone share: Self-Distill and the rollouts of offline RL. */
import type { FunnelStage, Lengths } from '../schema/dataset.ts';
import type { Dropped, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import type { Prompts } from '../schema/run.ts';
import type { Ledger } from './ledger.ts';
import type { TrainingLimits } from './rejection.ts';

/** `Gen` is where a record says that it comes from. */
export interface OfSolutionsInput<Gen> {
  /** Ids are unique within each list. */
  readonly problems: readonly Problem[];
  readonly solutions: readonly Solution[];
  readonly prompts: Prompts;
  /** Records wanted; null: all that there are. */
  readonly size: number | null;
  readonly seed: number;
  readonly filters?: Partial<TrainingLimits>;
  readonly source: Omit<Gen, 'solutionId' | 'seed'>;
}

export interface OfSolutionsDataset<RecordOf, Meta extends OfSolutionsMeta = OfSolutionsMeta> {
  readonly records: RecordOf[];
  /** Each solution that was not kept, by the first filter that dropped it. */
  readonly dropped: Dropped[];
  readonly funnel: FunnelStage[];
  readonly meta: Meta;
}

export interface OfSolutionsMeta {
  readonly records: number;
  readonly size: number | null;
  readonly shortfall: string | null;
  readonly lengths: Lengths | null;
  /** People review critiques: none are here. */
  readonly reviews: { readonly accepted: 0; readonly rejected: 0 };
}

export const NO_LIMITS: TrainingLimits = { maxTokens: null, heldOut: null };

/** The first of them, as many as are wanted. */
export function withinSize<Kept extends { readonly solution: Solution }>(
  ranked: readonly Kept[],
  size: number | null,
  drop: Ledger<'size'>['drop'],
): Kept[] {
  const kept = ranked.slice(0, size ?? ranked.length);
  for (const { solution } of ranked.slice(kept.length))
    drop(solution.id, 'size', `${size} records were wanted`);
  return kept;
}
