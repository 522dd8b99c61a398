/** Problems that must not be trained on: benchmarks, and whatever else a model will be measured on (spec A2). */
import { createDuplicateIndex } from '../problems/lint/duplicates.ts';
import type { Problem } from '../schema/problem.ts';

export interface HeldOut {
  readonly name: string;
  /** Of the file's problems: the same set under another file name is the same set. */
  readonly sha256: string;
  /** Where it was read, so that a resumed run finds it again. */
  readonly path?: string;
  /** Which held-out problem a statement repeats, in words; null: none. */
  readonly find: (statement: string) => string | null;
}

/**
 * A statement repeats a held-out one when they are the same but for case and white space, or share half of the shorter
 * one's runs of 13 words. One shared run is not enough: templated sets share a closing question.
 */
export function createHeldOut(
  set: Pick<HeldOut, 'name' | 'sha256' | 'path'>,
  problems: readonly Pick<Problem, 'id' | 'problem'>[],
): HeldOut {
  const index = createDuplicateIndex();
  for (const { problem } of problems) index.add(problem);
  const known = new Map<string, string | null>();
  const find = (statement: string): string | null => {
    // The index takes the statement in, too: later positions than the held-out ones are candidates.
    const found = index.add(statement).find(({ of }) => of < problems.length);
    if (found === undefined) return null;
    const id = problems[found.of]?.id ?? '';
    const share = Math.round(100 * found.share);
    return found.kind === 'exact'
      ? `it is ${id} of ${set.name}`
      : `it shares ${share} % of its runs of 13 words with ${id} of ${set.name}`;
  };
  return {
    ...set,
    find: (statement) => {
      const before = known.get(statement);
      if (before !== undefined) return before;
      const found = find(statement);
      known.set(statement, found);
      return found;
    },
  };
}
