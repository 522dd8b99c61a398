/**
 * Exact and near duplicates by runs of 13 words, the measure of the GPT-3 paper (arXiv 2005.14165, appendix C): every
 * run is looked up in one index, so that no pair is missed as it may be by an estimate such as MinHash.
 */
import { statementCanonicalText } from '../identity.ts';

export const GRAM_WORDS = 13;

/** Share of the shorter statement's runs that must be in the other one. */
const NEAR = 0.5;

/** A run in more statements than this is boilerplate, such as a common instruction, and says nothing. */
const COMMON = 64;

export interface Duplicate {
  /** Position of the earlier statement, in the order of adding. */
  readonly of: number;
  readonly kind: 'exact' | 'near';
  /** Share of this statement's runs of words that the other one has. 1 for exact duplicates. */
  readonly share: number;
}

export interface DuplicateIndex {
  /** The earlier statements that this one repeats, most alike first; the statement is then added. */
  add(statement: string): Duplicate[];
}

export function createDuplicateIndex(): DuplicateIndex {
  const byText = new Map<number, number>();
  /** Hash of a run → the statement that had it first; those that had it later are in `more`. */
  const first = new Map<number, number>();
  const more = new Map<number, number[]>();
  const sizes: number[] = [];

  return {
    add(statement) {
      const position = sizes.length;
      const words = wordsOf(statement);
      const grams = gramsOf(words);
      sizes.push(grams.length);
      const text = hashOf(words, 0, words.length);
      const twin = byText.get(text);
      if (twin === undefined) byText.set(text, position);
      const shared = new Map<number, number>();
      for (const gram of grams) {
        const owner = first.get(gram);
        if (owner === undefined) {
          first.set(gram, position);
          continue;
        }
        const others = more.get(gram) ?? [];
        if (others.length >= COMMON) continue;
        for (const other of [owner, ...others]) shared.set(other, (shared.get(other) ?? 0) + 1);
        more.set(gram, [...others, position]);
      }
      const found: Duplicate[] = twin === undefined ? [] : [{ of: twin, kind: 'exact', share: 1 }];
      for (const [other, count] of shared) {
        const share = count / Math.max(1, Math.min(grams.length, sizes[other] ?? 1));
        if (other !== twin && share >= NEAR)
          found.push({ of: other, kind: 'near', share: Math.min(1, share) });
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
    grams.add(hashOf(words, at, at + GRAM_WORDS));
  }
  return [...grams];
}

/** 53 bits from two FNV-like hashes: among ten million runs, a chance of one in 200 that any two collide. */
function hashOf(words: readonly string[], from: number, to: number): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let at = from; at < Math.min(to, words.length); at++) {
    const word = words[at] ?? '';
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b) + (b >>> 15);
    }
    a = Math.imul(a ^ 0x20, 0x01000193);
    b = Math.imul(b ^ 0x20, 0x85ebca6b);
  }
  a ^= a >>> 15;
  b ^= b >>> 13;
  return (a >>> 0) * 0x200000 + ((b >>> 0) & 0x1fffff);
}
