/** How many slots of how many tokens each: what memory allows of what is wanted. */

/** Without a wish of the user's: long enough for most reasoning, short enough for several slots in memory. */
export const DEFAULT_CONTEXT_TOKENS = 16_384;
/** Rather fewer slots than a context below this. */
const SHORTEST_GOOD_CONTEXT = 4096;
/** Rather a shorter context than fewer slots than this: one slot alone leaves most of the machine idle. */
const FEWEST_GOOD_SLOTS = 4;
/** A context below this holds no problem and no answer. */
const SHORTEST_CONTEXT = 64;

export interface ContextWish {
  readonly slots: number;
  /** A wish of the user's is kept at the cost of slots. */
  readonly contextTokens: number | undefined;
  /** Positions that the model was trained on. */
  readonly trainedTokens: number;
  /** Tokens of all slots together that fit in memory. */
  readonly budgetTokens: number;
}

export interface ContextPlan {
  readonly slots: number;
  readonly contextTokens: number;
}

/** Null when not even one short context fits. */
export function planContext(wish: ContextWish): ContextPlan | null {
  const { budgetTokens, trainedTokens } = wish;
  const wanted = Math.min(wish.contextTokens ?? DEFAULT_CONTEXT_TOKENS, trainedTokens);
  if (budgetTokens < Math.min(wanted, SHORTEST_CONTEXT)) return null;

  const slotsAtFullLength = Math.floor(budgetTokens / wanted);
  const fewest = wish.contextTokens === undefined ? Math.min(FEWEST_GOOD_SLOTS, wish.slots) : 1;
  if (slotsAtFullLength >= fewest)
    return { slots: Math.min(wish.slots, slotsAtFullLength), contextTokens: wanted };

  const shortest = Math.min(SHORTEST_GOOD_CONTEXT, wanted);
  const slots = Math.max(1, Math.min(fewest, Math.floor(budgetTokens / shortest)));
  return { slots, contextTokens: Math.min(wanted, Math.floor(budgetTokens / slots)) };
}
