/** What a comparison may cost. The unit is about one evaluation of a node of an expression. */
export interface Budget {
  left: number;
  /** Exact fractions of more bits than this are not computed: the caller goes on in floating point. */
  readonly maxBits: number;
}

/** Thrown when a comparison has used up its budget; the grade becomes `undetermined`. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget';
}

/** Large enough for any honest answer, small enough for the worst one to end within 250 ms. */
const COMPARISON_COST = 60_000;
const MAX_BITS = 20_000;

export function newBudget(): Budget {
  return { left: COMPARISON_COST, maxBits: MAX_BITS };
}

export function spend(budget: Budget, cost: number): void {
  budget.left -= cost;
  if (budget.left < 0) throw new OutOfBudget('the comparison is too costly');
}

/** Runs an optional part of a comparison with at most a share of the budget; null when that was not enough. */
export function withShare<T>(
  budget: Budget,
  share: { readonly cost: number; readonly maxBits?: number },
  part: (budget: Budget) => T,
): T | null {
  const own: Budget = { left: Math.min(budget.left, share.cost), maxBits: share.maxBits ?? budget.maxBits };
  const before = own.left;
  try {
    return part(own);
  } catch (error) {
    if (error instanceof OutOfBudget) return null;
    throw error;
  } finally {
    budget.left -= before - Math.max(0, own.left);
  }
}
