/** Holm's step-down correction (spec C4): adjusted p-values in the order given; `null`s stay and are not counted. */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const ranked = ps
    .map((p, index) => ({ p, index }))
    .filter((entry): entry is { p: number; index: number } => entry.p !== null)
    .sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = ps.map(() => null);
  let least = 0;
  for (const [rank, { p, index }] of ranked.entries()) {
    least = Math.min(1, Math.max(least, p * (ranked.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}
