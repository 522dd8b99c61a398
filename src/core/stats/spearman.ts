/**
 * Spearman's rank correlation: Pearson's of the ranks, ties sharing the mean of theirs. Null with fewer than two pairs,
 * or where one side is the same throughout.
 */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) throw new Error(`${a.length} values cannot be paired with ${b.length}`);
  if (a.length < 2) return null;
  const [ranksA, ranksB] = [ranksOf(a), ranksOf(b)];
  const middle = (a.length + 1) / 2;
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (const [at, rankA] of ranksA.entries()) {
    const [da, db] = [rankA - middle, (ranksB[at] ?? middle) - middle];
    covariance += da * db;
    varianceA += da * da;
    varianceB += db * db;
  }
  return varianceA === 0 || varianceB === 0 ? null : covariance / Math.sqrt(varianceA * varianceB);
}

/** From 1. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at <= to; at += 1) ranks[order[at] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}
