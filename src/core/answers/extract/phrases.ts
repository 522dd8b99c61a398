/** Answers that stand in a sentence: "The final answer is 42", "Answer: 42", "#### 42", or the last number. */
import type { Span } from '../../schema/common.ts';
import { findFormulas } from './formulas.ts';
import { firstCluster, joinPieces, lastCluster } from './linked.ts';

/** An answer found in a text, with its place there. */
export interface Phrase {
  readonly answer: string;
  readonly span: Span;
}

const FINAL_ANSWER = new RegExp(
  [
    'final answer\\b[^\\n$\\\\]{0,100}?(?:\\bis\\b|:)\\s{0,20}:?\\s{0,20}',
    '\\b(?:the|my|our) answer is:?\\s{0,20}',
    '(?:^|\\n)[ \\t]{0,20}(?:\\*\\*|#{1,6} )?answer(?:\\*\\*)? ?[:：](?:\\*\\*)?\\s{0,20}',
    '(?:^|\\n)#### {0,5}',
    '答案(?:是|为|：|:)\\s{0,20}',
  ].join('|'),
  'gi',
);

/** How far behind the phrase the answer may stand. */
const REACH = 600;

/** What follows the last "final answer is", "answer:" or "####". */
export function finalAnswer(text: string): Phrase | null {
  let last: RegExpExecArray | null = null;
  for (const match of text.matchAll(FINAL_ANSWER)) last = match;
  if (last === null) return null;
  const from = last.index + last[0].length;
  const answer = readTail(text.slice(from, from + REACH));
  return answer === '' ? null : { answer, span: [from, Math.min(text.length, from + REACH)] };
}

/** The answer at the beginning of what follows "is": linked formulas, or the rest of the sentence. */
function readTail(source: string): string {
  const tail = source.replace(/\s{0,20}I hope.*$/s, '').replace(/^[\s*"“:]+/, '');
  const formulas = findFormulas(tail);
  const [first] = formulas;
  if (first === undefined) return numberOrWhole(firstSentence(tail));
  const [line = ''] = tail.split('\n', 1);
  const is = [...line.matchAll(/\b(?:is|are|equals|be|by)\s+(?=[\d$\\-])/g)].at(-1);
  if (is !== undefined && is.index >= first.span[1])
    return readShortTail(tail.slice(is.index + is[0].length));
  if (first.span[0] <= 80) return joinPieces(tail, firstCluster(tail, formulas));
  return numberOrWhole(firstSentence(tail));
}

function readShortTail(tail: string): string {
  const [first] = findFormulas(tail);
  return first !== undefined && first.span[0] <= 3
    ? joinPieces(tail, [first])
    : numberOrWhole(firstSentence(tail));
}

function firstSentence(text: string): string {
  const [sentence = ''] = text.split(/\n|[.!?](?=\s|$)/, 1);
  return sentence.replaceAll('**', '').trim();
}

const NUMBER =
  /(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)(?:\s?\/\s?\d+)?(?:\s?(?:%|percent(?:age)?\b|pct\b))?/g;

/** Of a sentence its last number, of anything else all of it. */
function numberOrWhole(text: string): string {
  if (!isProse(text)) return text;
  return text.match(NUMBER)?.at(-1) ?? text;
}

/** Two words in a row outside of LaTeX. */
export function isProse(text: string): boolean {
  return /[a-zA-Z]{3,}\s+[a-zA-Z]{2,}/.test(text.replace(/\\[a-zA-Z]+(?:\{[^{}]{0,200}\})?/g, ' '));
}

/** The lenient ladder reads the end of a long generation only. */
const TAIL = 20_000;

/** A number in bold type in so many last characters is the conclusion. */
const LAST_LINES = 300;

/** A call with a text, or a name of Python's inner life: a number in code is no answer. */
const CODE = /\w\(['"]|__\w{1,40}__/;

/** The last formula or number: what is left when nothing says which one the answer is. */
export function lastFormulaOrNumber(
  text: string,
): (Phrase & { readonly method: 'formula' | 'number' }) | null {
  const offset = Math.max(0, text.length - TAIL);
  const tail = text.slice(offset);
  const formulas = findFormulas(tail);
  const place = (at: number, end: number): Span => [offset + at, offset + end];
  const said = [...tail.matchAll(/\banswer\b[^\n]{0,3}?:?\s{0,20}(?:is)?\s{0,20}/gi)].at(-1);
  const behind = said === undefined ? [] : formulas.filter(({ span }) => span[0] >= said.index);
  const [next] = behind;
  if (said !== undefined && next !== undefined && next.span[0] - said.index < 60) {
    const cluster = firstCluster(tail, behind);
    return {
      answer: joinPieces(tail, cluster),
      span: place(next.span[0], cluster.at(-1)?.span[1] ?? next.span[1]),
      method: 'formula',
    };
  }
  const bold = [...tail.slice(-LAST_LINES).matchAll(/\*\*([^*\n]{1,60})\*\*/g)].at(-1);
  const boldNumber = bold?.[1] === undefined ? null : lastNumber(bold[1]);
  if (bold !== undefined && boldNumber !== null) {
    const at = Math.max(0, tail.length - LAST_LINES) + bold.index;
    return { answer: boldNumber.answer, span: place(at, at + bold[0].length), method: 'number' };
  }
  if (CODE.test(tail)) return null;
  const number = lastNumber(tail);
  const lastFormula = formulas.at(-1);
  if (lastFormula === undefined)
    return number === null ? null : { ...number, span: place(...number.span), method: 'number' };
  const rest = tail.slice(lastFormula.span[1]);
  const stated = /\b(?:is|are|be|equals?|has|have|by|of|total)\b|=/i.test(rest);
  if (number !== null && number.span[0] >= lastFormula.span[1] && stated) {
    return { ...number, span: place(...number.span), method: 'number' };
  }
  const cluster = lastCluster(tail, formulas);
  return {
    answer: joinPieces(tail, cluster),
    span: place(cluster[0]?.span[0] ?? lastFormula.span[0], lastFormula.span[1]),
    method: 'formula',
  };
}

/** Digits grouped by spaces are read as one number. */
function lastNumber(text: string): Phrase | null {
  let last: RegExpExecArray | null = null;
  for (const match of text.replace(/(?<=\d)\s(?=\d{3}\b)/g, ',').matchAll(NUMBER)) last = match;
  return last === null ? null : { answer: last[0], span: [last.index, last.index + last[0].length] };
}
