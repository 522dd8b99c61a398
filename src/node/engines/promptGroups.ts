/**
 * The requests of one call, by prompt. A slot that finished a sample goes on with the same prompt, whose evaluation it
 * still holds; a slot without a prompt starts one that nobody has.
 */
import type { SampleRequest } from '../../core/protocol/inference.ts';

export interface PromptGroup<Item> {
  /** Still to do, in order. */
  readonly items: Item[];
  isStarted: boolean;
}

export interface PromptGroups<Item> {
  /** Items that were not taken yet. */
  readonly remaining: number;
  /** The next item; from `preferred` as long as it has any. */
  take(preferred?: PromptGroup<Item>): { readonly item: Item; readonly group: PromptGroup<Item> } | undefined;
  /** An item that has to be done again. */
  putBack(item: Item, group: PromptGroup<Item>): void;
  /** Takes out everything that is left. */
  drain(): Item[];
}

/** Equal keys, equal prompts. */
export function promptKey({ raw, messages, prefix }: SampleRequest): string {
  return raw === undefined ? JSON.stringify([messages, prefix]) : `raw:${raw}`;
}

export function groupByPrompt<Item>(
  items: readonly Item[],
  requestOf: (item: Item) => SampleRequest,
): PromptGroups<Item> {
  const byKey = new Map<string, PromptGroup<Item>>();
  for (const item of items) {
    const key = promptKey(requestOf(item));
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, { items: [item], isStarted: false });
    else group.items.push(item);
  }
  const groups = [...byKey.values()];
  let remaining = items.length;
  let firstUnstarted = 0;

  /** An unstarted group, or the one with the most left to do. */
  function choose(): PromptGroup<Item> | undefined {
    while (groups[firstUnstarted]?.isStarted === true) firstUnstarted++;
    return (
      groups[firstUnstarted] ??
      groups.reduce((most, group) => (group.items.length > most.items.length ? group : most))
    );
  }

  return {
    get remaining() {
      return remaining;
    },
    take(preferred) {
      if (remaining === 0) return undefined;
      const group = preferred !== undefined && preferred.items.length > 0 ? preferred : choose();
      const item = group?.items.shift();
      if (group === undefined || item === undefined) return undefined;
      group.isStarted = true;
      remaining--;
      return { item, group };
    },
    putBack(item, group) {
      group.items.unshift(item);
      remaining++;
    },
    drain() {
      remaining = 0;
      return groups.flatMap((group) => group.items.splice(0));
    },
  };
}
