/** Which waiting prompt goes into which free slot, so that prompts already evaluated are used again. */

/**
 * Assigns waiting prompts to free slots, at most one each. A slot first takes a prompt equal to the one it holds; what
 * is left goes to the remaining slots in order of arrival. Returns pairs of indexes [slot, waiting].
 */
export function assignSlots(
  freeSlots: readonly { readonly slot: number; readonly held: string | undefined }[],
  waiting: readonly string[],
): (readonly [slot: number, waiting: number])[] {
  const places = new Map<string, number[]>();
  waiting.forEach((prompt, index) => {
    const indexes = places.get(prompt);
    if (indexes === undefined) places.set(prompt, [index]);
    else indexes.push(index);
  });
  const taken = new Set<number>();
  const pairs: (readonly [number, number])[] = [];
  const others: number[] = [];
  for (const { slot, held } of freeSlots) {
    const index = held === undefined ? undefined : places.get(held)?.shift();
    if (index === undefined) {
      others.push(slot);
    } else {
      taken.add(index);
      pairs.push([slot, index]);
    }
  }
  const rest = [...waiting.keys()].filter((index) => !taken.has(index));
  return pairs.concat(
    rest.slice(0, others.length).map((index, place) => [others[place] ?? 0, index] as const),
  );
}
