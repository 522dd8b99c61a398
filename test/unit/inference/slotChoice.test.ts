import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignSlots } from '../../../src/node/inference/slotChoice.ts';

const prompt = fc.constantFrom('a', 'b', 'c', 'd');
const situation = fc.tuple(
  fc.array(fc.option(prompt, { nil: undefined }), { maxLength: 8 }),
  fc.array(prompt, { maxLength: 12 }),
);

/** Slots and items by their index, as the sampler has objects. */
function assign(held: readonly (string | undefined)[], waiting: readonly string[]) {
  const slots = held.map((prompt, slot) => ({ slot, prompt }));
  const items = waiting.map((prompt, item) => ({ item, prompt }));
  const pairs = assignSlots(
    slots,
    items,
    ({ prompt }) => prompt,
    ({ prompt }) => prompt,
  );
  return pairs.map(([{ slot }, { item }]) => [slot, item] as const);
}

describe('assignSlots', () => {
  it('fills as many slots as it can, each once, with each waiting prompt at most once', () => {
    fc.assert(
      fc.property(situation, ([held, waiting]) => {
        const pairs = assign(held, waiting);
        expect(pairs).toHaveLength(Math.min(held.length, waiting.length));
        expect(new Set(pairs.map(([slot]) => slot)).size).toBe(pairs.length);
        expect(new Set(pairs.map(([, item]) => item)).size).toBe(pairs.length);
      }),
    );
  });

  it('uses a held prompt wherever one is waited for', () => {
    fc.assert(
      fc.property(situation, ([held, waiting]) => {
        const kept = assign(held, waiting).filter(([slot, item]) => held[slot] === waiting[item]).length;
        const count = (list: readonly (string | undefined)[], wanted: string) =>
          list.filter((item) => item === wanted).length;
        const possible = ['a', 'b', 'c', 'd'].reduce(
          (sum, wanted) => sum + Math.min(count(held, wanted), count(waiting, wanted)),
          0,
        );
        expect(kept).toBe(possible);
      }),
    );
  });

  it('gives what is left away in order of arrival', () => {
    expect(assign(['z', 'b', undefined], ['a', 'b', 'c'])).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
  });
});
