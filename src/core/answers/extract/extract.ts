/** Finds the answer in a generation, step by step down a ladder; the policy says how far. */

import type { Span } from '../../schema/common.ts';
import type { AnswerMode } from '../../schema/problem.ts';
import { MODES } from '../modes/index.ts';
import { defaultPolicy, type GradingPolicy } from '../policies.ts';
import type { Doubt, ExtractedAnswer } from '../types.ts';
import { type Box, findBoxes } from './boxes.ts';
import { findFormulas } from './formulas.ts';
import { firstCluster, joinPieces, lastCluster } from './linked.ts';
import { finalAnswer, isProse, lastFormulaOrNumber } from './phrases.ts';

/** Longer generations are read from their end. */
const MAX_TEXT = 500_000;

const NOTHING: ExtractedAnswer = { answer: null, span: null, method: 'none', doubt: [] };

/** The answer of a whole generation: text behind `</think>` first, then the rest. */
export function extractAnswer(
  text: string,
  policy: GradingPolicy = defaultPolicy,
  mode: AnswerMode = 'math',
): ExtractedAnswer {
  const from = Math.max(0, text.length - MAX_TEXT);
  const answerPart = behindThinking(text, from);
  const found = climb(text.slice(answerPart), policy, mode);
  if (found.answer !== null || answerPart === from) return shifted(found, answerPart);
  const thought = climb(text.slice(from, answerPart), policy, mode);
  if (thought.answer === null) return NOTHING;
  return shifted({ ...thought, doubt: [...thought.doubt, 'answer-in-thinking'] }, from);
}

/** Where the text behind the last `</think>` begins, unless that text is blank. */
function behindThinking(text: string, from: number): number {
  const mark = '</think>';
  const close = text.lastIndexOf(mark);
  if (close < from) return from;
  return text.slice(close + mark.length).trim() === '' ? from : close + mark.length;
}

function shifted(found: ExtractedAnswer, offset: number): ExtractedAnswer {
  if (found.span === null || offset === 0) return found;
  return { ...found, span: [found.span[0] + offset, found.span[1] + offset] };
}

/** An answer is never the empty text. */
function climb(source: string, policy: GradingPolicy, mode: AnswerMode): ExtractedAnswer {
  const found = searchLadder(undoubled(source), policy, mode);
  return found.answer === null || found.answer.trim() === '' ? NOTHING : found;
}

function searchLadder(text: string, policy: GradingPolicy, mode: AnswerMode): ExtractedAnswer {
  const own = MODES[mode].extract;
  if (own !== undefined) {
    const found = own(text);
    return found === null || !isAllowed(found, policy) ? NOTHING : found;
  }
  const boxes = findBoxes(text).filter((box) => box.content.trim() !== '');
  const last = boxes.at(-1);
  if (last !== undefined) {
    const linked = policy.boxes === 'linked' && mode !== 'aime';
    return boxedAnswer(text, boxes, last, linked, policy);
  }
  if (policy.extraction === 'boxed') return NOTHING;
  const phrase = finalAnswer(text);
  if (phrase !== null) return { ...phrase, method: 'final-answer', doubt: [] };
  const whole = wholeAnswer(text, mode);
  if (whole !== null) return whole;
  if (policy.extraction !== 'lenient') return NOTHING;
  const guess = lastFormulaOrNumber(text);
  return guess === null ? NOTHING : { ...guess, doubt: ['lenient-extraction'] };
}

/** A choice or truth value that stands nowhere in particular counts in the lenient policy only. */
function isAllowed(found: ExtractedAnswer, policy: GradingPolicy): boolean {
  if (policy.extraction === 'boxed') return found.method === 'boxed';
  return policy.extraction === 'lenient' || !found.doubt.includes('lenient-extraction');
}

/** JSON and Python double backslashes; a text where every box is doubled is read as if they were single. */
function undoubled(text: string): string {
  if (!text.includes('\\\\boxed') || /(?<!\\)\\boxed/.test(text)) return text;
  return text.replace(/\\\\(?=[a-zA-Z()[\]{}])/g, '\\');
}

function boxedAnswer(
  text: string,
  boxes: readonly Box[],
  last: Box,
  linked: boolean,
  policy: GradingPolicy,
): ExtractedAnswer {
  const cluster = linked ? lastCluster(text, boxes) : [last];
  const answer = joinPieces(text, cluster);
  const doubt: Doubt[] = [];
  if (!last.closed) doubt.push('unclosed-box');
  const others = boxes.slice(0, boxes.length - cluster.length).slice(-MAX_OTHERS);
  if (others.some((box) => !cluster.some((kept) => sameText(kept.content, box.content)))) {
    doubt.push('several-boxes');
  }
  if (policy.extraction !== 'boxed' && changesItsMind(text, last, answer)) doubt.push('changed-after-box');
  const span: Span = [cluster[0]?.span[0] ?? last.span[0], last.span[1]];
  return { answer, span, method: 'boxed', doubt };
}

/** Text behind the answer that is read for second thoughts. */
const MAX_REST = 20_000;
/** Boxes before the answer that are looked at for a contradiction. */
const MAX_OTHERS = 50;

/** Behind the last box another answer is announced, or the text begins to reconsider. */
function changesItsMind(text: string, last: Box, answer: string): boolean {
  const rest = text.slice(last.span[1]).slice(0, MAX_REST);
  const announced = finalAnswer(rest);
  if (announced !== null && !sameText(announced.answer, answer)) return true;
  return /\b(?:wait|actually|let me (?:re-?check|double-check|reconsider)|i made a mistake|on second thought)\b/i.test(
    rest,
  );
}

function sameText(a: string, b: string): boolean {
  const bare = (text: string) =>
    text.replace(/[\s{}$.,]|\\[,!;]|\\left|\\right/g, '').replaceAll('dfrac', 'frac');
  return bare(a) === bare(b);
}

const MAX_WHOLE = 300;
/** Two letters of another script: a sentence in Chinese, Arabic, ... */
const NOT_LATIN = /(?:(?!\p{Script=Latin}|\p{Script=Greek})\p{L}){2}/u;
/** A word before the first digit: `total : 27`. */
const LABELLED = /^[a-zA-Z]{4,}[^\d]{0,40}\d/;

/** A text that is nothing but an answer. */
function wholeAnswer(text: string, mode: AnswerMode): ExtractedAnswer | null {
  const bare = withoutLabel(text);
  if (bare === '' || findBoxes(bare).length > 0) return null;
  if (mode === 'text') return { answer: bare, span: [0, text.length], method: 'whole-text', doubt: [] };
  if (bare.length > MAX_WHOLE || isProse(bare) || NOT_LATIN.test(bare) || LABELLED.test(bare)) return null;
  const formulas = findFormulas(bare);
  if (formulas.length > 0 && firstCluster(bare, formulas).length < formulas.length) return null;
  const outside = formulas.reduceRight(
    (rest, { span }) => rest.slice(0, span[0]) + rest.slice(span[1]),
    bare,
  );
  if (formulas.length > 0 && /[a-zA-Z]{4}/.test(outside)) return null;
  const answer = formulas.length > 0 ? joinPieces(bare, formulas) : bare;
  return { answer, span: [0, text.length], method: 'whole-text', doubt: [] };
}

/** Without a leading `Answer:` and emphasis. */
function withoutLabel(text: string): string {
  return text
    .trim()
    .replace(
      /^(?:#{1,6} ?|\*\*)?(?:(?:the )?(?:final )?(?:answer|solution|result)(?: is)?|答案|答)? ?(?:\*\*)? ?[:：=]? ?(?:\*\*)?\s{0,20}(?=\S)/i,
      '',
    )
    .replace(/\*\*$/, '')
    .trim();
}

/**
 * The answer in a text that is given as one: a gold, or the `pred` of a row. A box and formulas are looked for, but
 * no number is picked out of prose.
 */
export function readBareAnswer(source: string, policy: GradingPolicy, mode: AnswerMode = 'math'): string {
  const text = undoubled(source).trim();
  const boxes = findBoxes(text);
  if (boxes.length > 0) {
    const linked = policy.boxes === 'linked' && mode === 'math';
    const answer = joinPieces(text, linked ? lastCluster(text, boxes) : boxes.slice(-1));
    if (answer !== '') return answer;
  }
  if (mode !== 'math') return text;
  const formulas = findFormulas(text);
  if (formulas.length === 0) {
    return text.length <= MAX_WHOLE ? withoutLabel(text) : (finalAnswer(text)?.answer ?? text);
  }
  const first = formulas[0]?.span[0] ?? 0;
  const outside = formulas.reduceRight(
    (rest, { span }) => `${rest.slice(0, span[0])} ${rest.slice(span[1])}`,
    text,
  );
  const words = outside.match(/[a-zA-Z]{2,}/g)?.filter((word) => !/^(?:and|or|answer)$/i.test(word)) ?? [];
  if (words.length === 0) return joinPieces(text, lastCluster(text, formulas));
  const phrase = finalAnswer(text);
  if (phrase !== null) return phrase.answer;
  // `$125$ miles` is a quantity; a sentence with formulas in it stays a sentence.
  const unit =
    formulas.length === 1 && first === 0 && words.length <= 2 ? outside.trim().replace(/\.$/, '') : null;
  return unit === null ? text : `${formulas[0]?.content ?? ''}\\text{ ${unit}}`;
}
