/**
 * What an index keeps of one line, read from its bytes. A line is mostly its text, which the index does not need, and
 * stepping over it costs less than parsing it. Only lines exactly as the workbench writes them are read here; any
 * other is given up (`null`) and parsed in full.
 */
import { finishSchema, gradeSchema, transitionSchema, verdictSchema } from '../../../core/schema/common.ts';

/** Fields of a line without its texts; closed sets of words as positions in their lists below. */
export interface ScannedRow {
  problemId: string;
  /** Of the critique's solution; -1 for a solution. */
  parent: number;
  index: number;
  tokens: number;
  finish: number;
  ms: number;
  /** 1: the line has an `error`. */
  hasError: number;
  answer: string | null;
  grade: number;
  /** -1 for a solution. */
  verdict: number;
  /** -1 where there is none. */
  transition: number;
}

export const FINISHES = finishSchema.options;
export const GRADES = gradeSchema.options;
export const VERDICTS = verdictSchema.options;
export const TRANSITIONS = transitionSchema.options;

/** Reads the solution in `[start, end)` of the bytes. */
export function scanSolution(bytes: Buffer, start: number, end: number): ScannedRow | null {
  const head = headOf(bytes, start, end, SOLUTION_HEAD);
  if (head === null) return null;
  const tail = tailOf(bytes, start + head[0].length, end, SOLUTION_TAIL);
  return tail === null ? null : rowOf(head[1] as string, -1, Number(head[2]), tail);
}

/** Reads the critique in `[start, end)` of the bytes. */
export function scanCritique(bytes: Buffer, start: number, end: number): ScannedRow | null {
  const head = headOf(bytes, start, end, CRITIQUE_HEAD);
  if (head === null) return null;
  const tail = tailOf(bytes, start + head[0].length, end, CRITIQUE_TAIL);
  return tail === null ? null : rowOf(head[1] as string, Number(head[2]), Number(head[3]), tail);
}

/** Longer ones have ids of many characters, and are parsed. */
const LONGEST_HEAD = 256;

/** What stands before the text. */
function headOf(bytes: Buffer, start: number, end: number, form: RegExp): RegExpExecArray | null {
  return form.exec(bytes.toString('latin1', start, Math.min(end, start + LONGEST_HEAD)));
}

const AFTER_TEXT = Buffer.from('","promptTokens":');
const BACKSLASH = 0x5c;

/** What stands after the text: `","` can stand in no text without a backslash before it. */
function tailOf(bytes: Buffer, textStart: number, end: number, form: RegExp): RegExpExecArray | null {
  const close = bytes.indexOf(AFTER_TEXT, textStart);
  // A text that ends in a backslash is rare enough to be parsed.
  if (close < 0 || close >= end || bytes[close - 1] === BACKSLASH) return null;
  return form.exec(bytes.toString('latin1', close + AFTER_TEXT.length, end));
}

/** A string without escapes, in ASCII. */
const PLAIN = String.raw`[^"\\\x80-\xff]*`;
const WHOLE = String.raw`\d{1,15}`;
const words = (options: readonly string[]) => `(${options.map(asBytes).join('|')})`;

const SOLUTION_HEAD = new RegExp(
  `^\\{"id":"(${PLAIN})#(${WHOLE})","problemId":"\\1","index":\\2,"seed":${WHOLE},"text":"`,
);
const CRITIQUE_HEAD = new RegExp(
  `^\\{"id":"(${PLAIN})#(${WHOLE})/(${WHOLE})","solutionId":"\\1#\\2","problemId":"\\1","index":\\3,"seed":${WHOLE},"text":"`,
);
const SHARED_TAIL =
  `^${WHOLE},"tokens":(${WHOLE}),"finish":"${words(FINISHES)}","ms":(${WHOLE}(?:\\.${WHOLE})?)(,"error":"${PLAIN}")?` +
  `,"answer":(null|"${PLAIN}"),"grade":"${words(GRADES)}","reason":"${PLAIN}","layer":"${PLAIN}"` +
  `(?:,"doubt":\\["${PLAIN}"(?:,"${PLAIN}")*\\])?`;
const SOLUTION_TAIL = new RegExp(`${SHARED_TAIL}\\}$`);
const CRITIQUE_TAIL = new RegExp(
  `${SHARED_TAIL},"verdict":"${words(VERDICTS)}","transition":(?:null|"${words(TRANSITIONS)}"),"findings":\\[[^]*\\]\\}$`,
);

/** A word as the characters that its bytes are one by one. */
function asBytes(word: string): string {
  return Buffer.from(word).toString('latin1');
}

const positions = (options: readonly string[]) =>
  new Map<string | undefined, number>(options.map((word, at) => [asBytes(word), at]));
const FINISH_AT = positions(FINISHES);
const GRADE_AT = positions(GRADES);
const VERDICT_AT = positions(VERDICTS);
const TRANSITION_AT = positions(TRANSITIONS);

function rowOf(problemId: string, parent: number, index: number, tail: RegExpExecArray): ScannedRow {
  const answer = tail[5];
  return {
    problemId,
    parent,
    index,
    tokens: Number(tail[1]),
    finish: FINISH_AT.get(tail[2]) ?? -1,
    ms: Number(tail[3]),
    hasError: tail[4] === undefined ? 0 : 1,
    answer: answer === undefined || answer === 'null' ? null : answer.slice(1, -1),
    grade: GRADE_AT.get(tail[6]) ?? -1,
    verdict: VERDICT_AT.get(tail[7]) ?? -1,
    transition: TRANSITION_AT.get(tail[8]) ?? -1,
  };
}
