/**
 * Which waiting prompt goes into which free slot, so that prompts already evaluated are used again: a slot first takes a
 * prompt equal to the one it holds; what is left goes to the remaining slots in order of arrival. Each slot and each
 * waiting item stands in at most one pair, and as many as possible do.
 */
export function assignSlots<Slot, Item>(
  free: readonly Slot[],
  waiting: readonly Item[],
  heldKey: (slot: Slot) => string | undefined,
  keyOf: (item: Item) => string,
): (readonly [Slot, Item])[] {
  const byKey = new Map<string, Item[]>();
  for (const item of waiting) {
    const items = byKey.get(keyOf(item));
    if (items === undefined) byKey.set(keyOf(item), [item]);
    else items.push(item);
  }
  const taken = new Set<Item>();
  const pairs: (readonly [Slot, Item])[] = [];
  const others: Slot[] = [];
  for (const slot of free) {
    const held = heldKey(slot);
    const item = held === undefined ? undefined : byKey.get(held)?.shift();
    if (item === undefined) {
      others.push(slot);
    } else {
      taken.add(item);
      pairs.push([slot, item]);
    }
  }
  const rest = waiting.filter((item) => !taken.has(item)).values();
  for (const slot of others) {
    const next = rest.next();
    if (next.done === true) break;
    pairs.push([slot, next.value]);
  }
  return pairs;
}
