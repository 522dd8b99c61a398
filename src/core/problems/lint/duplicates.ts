/**
 * Exact and near duplicates by runs of 13 words, the measure of the GPT-3 paper (arXiv 2005.14165, appendix C). Up to
 * `CAPACITY` runs all are looked up, so that no pair is missed. Beyond that only those with the smallest hashes are
 * kept, an unbiased sample by which the shares are estimated: FracMinHash (Irber et al., doi:10.1101/2022.01.11.475838),
 * the form of MinHash for the share of the shorter in the longer text. Memory stays flat, whatever the size of the sets.
 */
import { hashWords } from '../hashWords.ts';
import { statementCanonicalText } from '../identity.ts';
import { createOccurrences } from '../occurrences.ts';

export const GRAM_WORDS = 13;

/** Share of the shorter statement's runs that must be in the other one. */
const NEAR = 0.5;

/** A run in more statements than this is boilerplate, such as a common instruction, and says nothing. */
const COMMON = 64;

/** Runs that are held: those of some 75,000 problems of 90 words. About 150 MB. */
const CAPACITY = 6_000_000;

/** Hashes are smaller than this. */
const HASHES = 2 ** 53;

export interface Duplicate {
  /** Position of the earlier statement, in the order of adding. */
  readonly of: number;
  readonly kind: 'exact' | 'near';
  /** Share of the shorter statement's runs of words that the other one has. 1 for exact duplicates. */
  readonly share: number;
}

export interface DuplicateIndex {
  /** The earlier statements that this one repeats, most alike first; the statement is then added. */
  add(statement: string): Duplicate[];
  /** One run of words in so many is looked up: 1 while shares are exact, else a power of two. */
  readonly sampling: number;
}

export function createDuplicateIndex(capacity: number = CAPACITY): DuplicateIndex {
  const texts = createOccurrences();
  const runs = createOccurrences();
  /** Number of runs of each statement. */
  const sizes: number[] = [];
  let limit = HASHES;

  const take = (grams: readonly number[], position: number): Map<number, number> => {
    const shared = new Map<number, number>();
    for (const gram of grams) {
      if (gram >= limit) continue;
      const owners = runs.owners(gram);
      if (owners.length > COMMON) continue;
      for (const other of owners) shared.set(other, (shared.get(other) ?? 0) + 1);
      runs.add(gram, position);
    }
    while (runs.size > capacity) {
      limit /= 2;
      runs.keepBelow(limit);
    }
    return shared;
  };

  return {
    get sampling() {
      return HASHES / limit;
    },
    add(statement) {
      const position = sizes.length;
      const words = wordsOf(statement);
      const grams = gramsOf(words);
      sizes.push(grams.length);
      const text = hashWords(words, 0, words.length);
      const twin = texts.owners(text)[0];
      if (twin === undefined) texts.add(text, position);
      const sampling = HASHES / limit;
      const found: Duplicate[] = twin === undefined ? [] : [{ of: twin, kind: 'exact', share: 1 }];
      for (const [other, count] of take(grams, position)) {
        // In a sample a single run may be there by chance.
        if (other === twin || (sampling > 1 && count < 2)) continue;
        const share = (count * sampling) / Math.max(1, Math.min(grams.length, sizes[other] ?? 1));
        if (share >= NEAR) found.push({ of: other, kind: 'near', share: Math.min(1, share) });
      }
      return found.sort((a, b) => b.share - a.share || a.of - b.of);
    },
  };
}

/** Words without case, punctuation and LaTeX's spacing. */
function wordsOf(statement: string): string[] {
  return statementCanonicalText(statement).match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}.,;:!?'"$\\{}]/gu) ?? [];
}

/** Hashes of the distinct runs of 13 words; of a shorter statement, of all its words. */
function gramsOf(words: readonly string[]): number[] {
  const grams = new Set<number>();
  for (let at = 0; at + GRAM_WORDS <= Math.max(GRAM_WORDS, words.length); at++) {
    grams.add(hashWords(words, at, at + GRAM_WORDS));
  }
  return [...grams];
}
