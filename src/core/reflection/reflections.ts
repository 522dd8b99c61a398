import type { Span } from '../schema/common.ts';
import { phrasesOf, type ReflectionList } from './lists.ts';
import { hasMathematics } from './mathematics.ts';

/** Where a text re-examines itself under one list. */
export interface Reflections {
  /** Every occurrence of a cue, in order. Their number is R(y) of spec A1. */
  readonly cues: readonly Span[];
  /** R(y): the keyword occurrence count that ERR sums. */
  readonly count: number;
  /**
   * Stretches of text, one per reflection: cues with no mathematics between them are one (spec A4.2 step 1). Each runs
   * from its cue's sentence to the next reflection, or to the end of the text.
   */
  readonly spans: readonly Span[];
}

/** Finds the reflections of a text, think and summary alike (spec A1.1). */
export function reflectionsOf(text: string, list: ReflectionList = 'lrm'): Reflections {
  const cues = [...text.matchAll(cuePattern(list))].map(
    (match): Span => [match.index, match.index + match[0].length],
  );
  const starts: number[] = [];
  let previousEnd: number | null = null;
  for (const [start, end] of cues) {
    const merged: boolean = previousEnd !== null && !hasMathematics(text.slice(previousEnd, start));
    if (!merged) starts.push(sentenceStart(text, start));
    previousEnd = end;
  }
  const spans = starts.map((start, i): Span => [start, starts[i + 1] ?? text.length]);
  return { cues, count: cues.length, spans };
}

/** R(y) alone. */
export function reflectionCount(text: string, list: ReflectionList = 'lrm'): number {
  return text.match(cuePattern(list))?.length ?? 0;
}

const patterns = new Map<ReflectionList, RegExp>();

/**
 * One alternation, longest phrase first so that `double-check` is not also `check`; whole words, any case; a hyphen may
 * be missing or a space, and a space may be a hyphen or several white spaces.
 */
function cuePattern(list: ReflectionList): RegExp {
  const known = patterns.get(list);
  if (known !== undefined) return known;
  const phrases = phrasesOf(list).filter((phrase) => phrase.trim() !== '');
  const alternatives = [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => phrase.trim().split(/\s+/).map(hyphenFree).join('[\\s-]+'));
  const pattern =
    alternatives.length === 0
      ? /(?!)/gu
      : new RegExp(`(?<![\\p{L}\\p{N}_])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}_])`, 'giu');
  patterns.set(list, pattern);
  return pattern;
}

/** A word whose hyphens may be missing or spaces; `recheck` is also written `re-check`. */
function hyphenFree(word: string): string {
  const parts = word.replace(/^re-?(?=[a-z]{4})/i, 're-').split('-');
  return parts.map(escapeRegExp).join('[\\s\\u2010\\u2011-]?');
}

function escapeRegExp(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** A sentence that began further back than this has more to say than its cue. */
const LONGEST_LEAD = 300;

/** The start of the sentence around a cue, or the cue itself where the sentence is long or has already computed something. */
function sentenceStart(text: string, cue: number): number {
  const least = Math.max(0, cue - LONGEST_LEAD);
  let start = cue;
  while (start > least && !isSentenceEnd(text, start)) start -= 1;
  if (start === least && least > 0) return cue;
  while (start < cue && /\s/.test(text.charAt(start))) start += 1;
  return hasMathematics(text.slice(start, cue)) ? cue : start;
}

/** Whether a sentence ends right before `at`: after a line break, or after `.`, `!`, `?` and white space. */
function isSentenceEnd(text: string, at: number): boolean {
  const last = text.charAt(at - 1);
  if (last === '\n') return true;
  return /\s/.test(last) && /[.!?]["')\]]?$/.test(text.slice(Math.max(0, at - 3), at - 1));
}
