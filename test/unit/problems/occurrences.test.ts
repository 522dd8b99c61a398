import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOccurrences } from '../../../src/core/problems/occurrences.ts';

/** Few different hashes, so that they meet; some of them large, some in one another's slots. */
const hash = fc.oneof(
  fc.nat(40),
  fc.nat(40).map((low) => low * 1024),
  fc.nat(40).map((low) => 2 ** 53 - 1 - low),
);
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ add: hash, owner: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ below: fc.constantFrom(2 ** 52, 2 ** 14, 20) }) },
);

describe('occurrences of runs', () => {
  it('are those that a plain map would hold', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const index = createOccurrences();
        const plain = new Map<number, number[]>();
        for (const done of steps) {
          if ('below' in done) {
            index.keepBelow(done.below);
            for (const key of plain.keys()) if (key >= done.below) plain.delete(key);
          } else {
            index.add(done.add, done.owner);
            plain.set(done.add, [done.owner, ...(plain.get(done.add) ?? [])]);
          }
        }
        expect(index.size).toBe([...plain.values()].flat().length);
        for (const [key, owners] of plain) expect(index.owners(key)).toEqual(owners);
        expect(index.owners(12345)).toEqual([]);
      }),
    );
  });

  it('grow', () => {
    const index = createOccurrences();
    for (let i = 0; i < 20_000; i++) index.add(i * 7919, i);
    for (let i = 0; i < 20_000; i++) expect(index.owners(i * 7919)).toEqual([i]);
    expect(index.size).toBe(20_000);
  });
});
