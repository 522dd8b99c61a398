/** Seconds per unit of work between neighbouring marks `[t, done]`; marks without progress are joined to the next. */
export function recentPaces(marks: readonly (readonly [number, number])[]): number[] {
  const paces: number[] = [];
  let from = marks[0];
  for (const to of marks.slice(1)) {
    if (from === undefined || to[1] <= from[1]) continue;
    paces.push((to[0] - from[0]) / (to[1] - from[1]));
    from = to;
  }
  return paces;
}

/** The middle value; the mean of the two middle ones for an even count; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper;
  return ((lower ?? upper) + upper) / 2;
}
