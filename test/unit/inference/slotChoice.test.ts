import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignSlots } from '../../../src/node/inference/slotChoice.ts';

const prompt = fc.constantFrom('a', 'b', 'c', 'd');
const situation = fc.tuple(
  fc.array(fc.option(prompt, { nil: undefined }), { maxLength: 8 }),
  fc.array(prompt, { maxLength: 12 }),
);

describe('assignSlots', () => {
  it('fills as many slots as it can, each once, with each waiting prompt at most once', () => {
    fc.assert(
      fc.property(situation, ([held, waiting]) => {
        const pairs = assignSlots(
          held.map((prompt, index) => ({ slot: 10 + index, held: prompt })),
          waiting,
        );
        expect(pairs).toHaveLength(Math.min(held.length, waiting.length));
        expect(new Set(pairs.map(([slot]) => slot)).size).toBe(pairs.length);
        expect(new Set(pairs.map(([, index]) => index)).size).toBe(pairs.length);
        for (const [slot, index] of pairs) {
          expect(slot - 10 >= 0 && slot - 10 < held.length && index >= 0 && index < waiting.length).toBe(
            true,
          );
        }
      }),
    );
  });

  it('uses a held prompt wherever one is waited for', () => {
    fc.assert(
      fc.property(situation, ([held, waiting]) => {
        const pairs = assignSlots(
          held.map((prompt, slot) => ({ slot, held: prompt })),
          waiting,
        );
        const kept = pairs.filter(([slot, index]) => held[slot] === waiting[index]).length;
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
    expect(
      assignSlots(
        [
          { slot: 0, held: 'z' },
          { slot: 1, held: 'b' },
          { slot: 2, held: undefined },
        ],
        ['a', 'b', 'c'],
      ),
    ).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
  });
});
