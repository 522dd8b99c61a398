/** Comparison of two scalars as texts: percentages, units, bases, words; expressions go on to `scalar.ts`. */

import { wordsOf } from '../normalise.ts';
import type { Expression } from '../parse/expression.ts';
import { isBareWord } from '../parse/lexer.ts';
import { FUNCTIONS } from '../parse/names.ts';
import { parseExpression } from '../parse/parse.ts';
import { UnreadableAnswer, type UnreadableReason } from '../parse/unreadable.ts';
import { compareScalars } from './compareScalars.ts';
import { fractionForm } from './fractions.ts';
import { type Comparison, decide, giveUp, type Outcome } from './outcome.ts';
import { splitUnit, unitsContradict } from './units.ts';

export function compareScalarTexts(gold: string, answer: string, comparison: Comparison): Outcome {
  comparison.budget.left -= 20;
  if (withoutSpaces(gold) === withoutSpaces(answer)) return decide(comparison, 'string', true);
  const [goldPercent, answerPercent] = [gold.endsWith('\\%'), answer.endsWith('\\%')];
  const a = goldPercent ? gold.slice(0, -2).trim() : gold;
  const b = answerPercent ? answer.slice(0, -2).trim() : answer;
  if (goldPercent === answerPercent) {
    const outcome = compareQuantities(a, b, comparison);
    if (outcome === 'equal' || goldPercent || comparison.policy.percent !== 'scale') return outcome;
    return anyEqual([
      () => compareQuantities(a, hundredth(b), comparison),
      () => compareQuantities(hundredth(a), b, comparison),
    ]);
  }
  if (splitUnit(goldPercent ? b : a).unit !== null) return decide(comparison, 'unit', false);
  const scaled = () =>
    compareQuantities(goldPercent ? hundredth(a) : a, answerPercent ? hundredth(b) : b, comparison);
  if (comparison.policy.percent === 'value') return scaled();
  return anyEqual([() => compareQuantities(a, b, comparison), scaled]);
}

function hundredth(text: string): string {
  return `(${text})/100`;
}

/** The first equality wins; otherwise what could not be decided stays undecided. */
function anyEqual(attempts: readonly (() => Outcome)[]): Outcome {
  let result: Outcome = 'different';
  for (const attempt of attempts) {
    const outcome = attempt();
    if (outcome === 'equal') return outcome;
    if (outcome === 'unknown') result = 'unknown';
  }
  return result;
}

function compareQuantities(gold: string, answer: string, comparison: Comparison): Outcome {
  const outcome = comparePlain(gold, answer, comparison);
  if (outcome === 'equal' || comparison.policy.units === 'strict') return outcome;
  const [a, b] = [splitUnit(gold), splitUnit(answer)];
  if (a.text === gold && b.text === answer) return outcome;
  const bare = comparePlain(a.text, b.text, comparison);
  if (bare === 'equal' && unitsContradict(a, b)) return decide(comparison, 'unit', false);
  // A unit that is not ours leaves the bare values to decide.
  return bare === 'unknown' ? outcome : bare;
}

function comparePlain(gold: string, answer: string, comparison: Comparison): Outcome {
  const words = compareWords(gold, answer, comparison);
  if (words !== null) return words;
  if (comparison.policy.fractions === 'reduced' && !sameFractionForm(gold, answer)) {
    return decide(comparison, 'fraction', false);
  }
  const base = compareInBase(gold, answer);
  if (base !== null) return decide(comparison, 'base', base);
  const a = readExpression(gold);
  const b = readExpression(answer);
  if ('kind' in a && 'kind' in b) return compareScalars(a, b, comparison);
  if (sameSpelling(gold, answer)) return decide(comparison, 'text', true);
  // What a model wrote badly is wrong; what we do not know is not.
  if ('kind' in a && 'reason' in b && b.reason === 'syntax') return decide(comparison, 'malformed', false);
  return giveUp(comparison, 'reason' in a ? `gold-${a.reason}` : 'reason' in b ? b.reason : 'unsupported');
}

/** Decides answers in words; null when there are no words, or too few to tell them from products of letters. */
function compareWords(gold: string, answer: string, comparison: Comparison): Outcome | null {
  const [goldWords, answerWords] = [wordCount(gold), wordCount(answer)];
  if (/\\text/.test(gold + answer) && sameSpelling(gold, answer)) return decide(comparison, 'text', true);
  if (goldWords === 0 && answerWords === 0) return null;
  if (sameSpelling(gold, answer)) return decide(comparison, 'text', true);
  // A sentence against a sentence needs a reader; a sentence against a number or a name does not.
  if (goldWords > 2 && answerWords > 2) return giveUp(comparison, 'prose');
  return decide(comparison, 'text', false);
}

/** Runs of four letters and more outside of commands: shorter ones may be products. */
function wordCount(text: string): number {
  const plain = text
    .replace(/\\(?:begin|end)\{[a-z]{1,20}\}|\\[a-zA-Z]+/g, ' ')
    .replace(/_\{[^{}]{0,100}\}/g, ' ');
  const words = plain.match(/[a-zA-Z]{4,}/g) ?? [];
  return words.filter((word) => !isBareWord(word) && !FUNCTIONS.has(word)).length;
}

/** Equal but for TeX's wrapping, spaces, punctuation and, in words, case. */
function sameSpelling(gold: string, answer: string): boolean {
  const [a, b] = [wordsOf(gold), wordsOf(answer)];
  if (a === '' || a !== b) return false;
  if (/[\d+=<>^/]|\\(?!text|mathbf)/.test(gold + answer))
    return withoutBraces(gold) === withoutBraces(answer);
  return a.length > 2 || withoutBraces(gold) === withoutBraces(answer);
}

function withoutBraces(text: string): string {
  return text.replace(/\\(?:text|mathbf)\{([^{}]{0,500})\}/g, '$1').replace(/[\s{}]/g, '');
}

function withoutSpaces(text: string): string {
  return text.replace(/\s/g, '');
}

/** `52_8` is met by `52`: the base was asked for, so that it need not be repeated. Null when no side has a base. */
function compareInBase(gold: string, answer: string): boolean | null {
  const read = (text: string) => /^(\w+)_\{?(\d{1,2})\}?$/.exec(withoutSpaces(text));
  const [a, b] = [read(gold), read(answer)];
  if ((a === null) === (b === null) || !/\d/.test((a ?? b)?.[1] ?? '')) return null;
  const [digits, other] = a === null ? [b?.[1], gold] : [a[1], answer];
  return digits === withoutSpaces(other) ? true : null;
}

function sameFractionForm(gold: string, answer: string): boolean {
  return fractionForm(answer) !== 'reducible' || fractionForm(gold) === 'reducible';
}

const readCache = new Map<string, Expression | { readonly reason: UnreadableReason }>();
const CACHE_SIZE = 500;

/** The parsed expression, or why there is none. */
export function readExpression(text: string): Expression | { readonly reason: UnreadableReason } {
  const cached = readCache.get(text);
  if (cached !== undefined) return cached;
  const result = parseOrReason(text);
  if (readCache.size >= CACHE_SIZE) readCache.clear();
  readCache.set(text, result);
  return result;
}

function parseOrReason(text: string): Expression | { readonly reason: UnreadableReason } {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof UnreadableAnswer) return { reason: error.reason };
    throw error;
  }
}
