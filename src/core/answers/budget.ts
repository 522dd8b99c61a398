/** What a comparison may cost. The unit is about one evaluation of a node of an expression. */
export interface Budget {
  left: number;
}

/** Thrown when a comparison has used up its budget; the grade becomes `undetermined`. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget';
}

/** Large enough for any honest answer, small enough for the worst one to end within 250 ms. */
const COMPARISON_COST = 120_000;

export function newBudget(): Budget {
  return { left: COMPARISON_COST };
}

export function spend(budget: Budget, cost: number): void {
  budget.left -= cost;
  if (budget.left < 0) throw new OutOfBudget('the comparison is too costly');
}

/** Runs an optional part of a comparison with at most a share of the budget; null when that was not enough. */
export function withShare<T>(budget: Budget, share: number, part: (budget: Budget) => T): T | null {
  const own: Budget = { left: Math.min(budget.left, share) };
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
