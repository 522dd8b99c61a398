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

/** Where the scan stands: state of the module, so that nothing is allocated for each line. */
let bytes: Buffer = Buffer.alloc(0);
let at = 0;
let lineEnd = 0;

/** Reads the solution in `[start, end)` of the bytes. */
export function scanSolution(from: Buffer, start: number, end: number): ScannedRow | null {
  begin(from, start, end);
  if (!literal(START)) return null;
  const idStart = at;
  if (!skipPlain()) return null;
  const idEnd = at - 1;
  if (!literal(PROBLEM_ID)) return null;
  const problemStart = at;
  if (!skipPlain()) return null;
  const problemEnd = at - 1;
  const row = readGenerated(bytes.toString('latin1', problemStart, problemEnd), -1);
  if (row === null || bytes[at] !== BRACE || at + 1 !== lineEnd) return null;
  const suffixAt = idStart + problemEnd - problemStart;
  const isRegular = isSame(problemStart, problemEnd, idStart) && isSuffix(suffixAt, HASH, row.index, idEnd);
  return isRegular ? row : null;
}

/** Reads the critique in `[start, end)` of the bytes. */
export function scanCritique(from: Buffer, start: number, end: number): ScannedRow | null {
  begin(from, start, end);
  if (!literal(START)) return null;
  const idStart = at;
  if (!skipPlain()) return null;
  const idEnd = at - 1;
  if (!literal(SOLUTION_ID)) return null;
  const solutionStart = at;
  if (!skipPlain()) return null;
  const solutionEnd = at - 1;
  if (!literal(PROBLEM_ID)) return null;
  const problemStart = at;
  if (!skipPlain()) return null;
  const problemEnd = at - 1;
  // The solution's id is the problem's, `#` and a number; the critique's is the solution's, `/` and its own.
  const hashAt = solutionStart + problemEnd - problemStart;
  const parent = digits(hashAt + 1, solutionEnd);
  if (bytes[hashAt] !== HASH || parent < 0 || !isSame(problemStart, problemEnd, solutionStart)) return null;
  const row = readGenerated(bytes.toString('latin1', problemStart, problemEnd), parent);
  const suffixAt = idStart + solutionEnd - solutionStart;
  if (row === null || !isSame(solutionStart, solutionEnd, idStart)) return null;
  if (!isSuffix(suffixAt, SLASH, row.index, idEnd)) return null;
  if (!literal(VERDICT)) return null;
  row.verdict = oneOf(VERDICT_BYTES);
  if (row.verdict < 0 || !literal(TRANSITION)) return null;
  if (!literal(NULL)) {
    if (bytes[at] !== QUOTE) return null;
    at += 1;
    row.transition = oneOf(TRANSITION_BYTES);
    if (row.transition < 0) return null;
  }
  return literal(FINDINGS) && bytes[lineEnd - 1] === BRACE && bytes[lineEnd - 2] === BRACKET ? row : null;
}

/** From `index` to `layer` and `doubt`: what solutions and critiques have in common. */
function readGenerated(problemId: string, parent: number): ScannedRow | null {
  if (!literal(INDEX)) return null;
  const index = readNumber();
  if (!literal(SEED) || readNumber() < 0 || !literal(TEXT) || !skipText()) return null;
  const promptTokens = readNumber();
  if (!literal(TOKENS)) return null;
  const tokens = readNumber();
  if (!literal(FINISH)) return null;
  const finish = oneOf(FINISH_BYTES);
  if (!literal(MS)) return null;
  const ms = readNumber();
  const hasError = literal(ERROR) ? 1 : 0;
  if (hasError === 1 && !skipPlain()) return null;
  if (!literal(ANSWER)) return null;
  const answer = readAnswer();
  if (answer === undefined || !literal(GRADE)) return null;
  const grade = oneOf(GRADE_BYTES);
  if (!literal(REASON) || !skipPlain() || !literal(LAYER) || !skipPlain()) return null;
  if (literal(DOUBT) && !skipWords()) return null;
  if (index < 0 || promptTokens < 0 || tokens < 0 || ms < 0 || finish < 0 || grade < 0) return null;
  const rest = { verdict: -1, transition: -1 };
  return { problemId, parent, index, tokens, finish, ms, hasError, answer, grade, ...rest };
}

const QUOTE = 0x22;
const HASH = 0x23;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const BRACKET = 0x5d;
const BRACE = 0x7d;

const START = Buffer.from('{"id":"');
const PROBLEM_ID = Buffer.from(',"problemId":"');
const SOLUTION_ID = Buffer.from(',"solutionId":"');
const INDEX = Buffer.from(',"index":');
const SEED = Buffer.from(',"seed":');
const TEXT = Buffer.from(',"text":"');
const AFTER_TEXT = Buffer.from('","promptTokens":');
const TOKENS = Buffer.from(',"tokens":');
const FINISH = Buffer.from(',"finish":"');
const MS = Buffer.from(',"ms":');
const ERROR = Buffer.from(',"error":"');
const ANSWER = Buffer.from(',"answer":');
const NULL = Buffer.from('null');
const GRADE = Buffer.from(',"grade":"');
const REASON = Buffer.from(',"reason":"');
const LAYER = Buffer.from(',"layer":"');
const DOUBT = Buffer.from(',"doubt":["');
const VERDICT = Buffer.from(',"verdict":"');
const TRANSITION = Buffer.from(',"transition":');
const FINDINGS = Buffer.from(',"findings":[');
const words = (options: readonly string[]) => options.map((word) => Buffer.from(`${word}"`));
const FINISH_BYTES = words(FINISHES);
const GRADE_BYTES = words(GRADES);
const VERDICT_BYTES = words(VERDICTS);
const TRANSITION_BYTES = words(TRANSITIONS);

function begin(from: Buffer, start: number, end: number): void {
  bytes = from;
  at = start;
  lineEnd = end;
}

/** Steps over the expected bytes, if they are what follows. */
function literal(expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i += 1) if (bytes[at + i] !== expected[i]) return false;
  at += expected.length;
  return true;
}

/** The position of the word that follows, with its closing quote; -1 for none. */
function oneOf(options: readonly Buffer[]): number {
  for (let i = 0; i < options.length; i += 1) if (literal(options[i] as Buffer)) return i;
  return -1;
}

/** To behind the closing quote of a string without escapes, in ASCII. */
function skipPlain(): boolean {
  for (; at < lineEnd; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at += 1;
      return true;
    }
    if (byte === BACKSLASH || byte >= 0x80) return false;
  }
  return false;
}

/** To behind a text and the name of the next field: the only place where an unescaped quote stands before that. */
function skipText(): boolean {
  if (bytes[at] === QUOTE) return literal(AFTER_TEXT);
  const close = bytes.indexOf(AFTER_TEXT, at);
  // A text that ends in a backslash is rare enough to be parsed.
  if (close < 0 || close >= lineEnd || bytes[close - 1] === BACKSLASH) return false;
  at = close + AFTER_TEXT.length;
  return true;
}

function readAnswer(): string | null | undefined {
  if (literal(NULL)) return null;
  if (bytes[at] !== QUOTE) return undefined;
  at += 1;
  const start = at;
  return skipPlain() ? bytes.toString('latin1', start, at - 1) : undefined;
}

/** The rest of an array of plain words. */
function skipWords(): boolean {
  while (skipPlain()) {
    if (bytes[at] === BRACKET) {
      at += 1;
      return true;
    }
    at += 2;
  }
  return false;
}

/** A number of at least 0 without exponent, of at most 15 digits; -1 for any other. */
function readNumber(): number {
  const start = at;
  let value = 0;
  let scale = 0;
  for (; at < lineEnd; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      scale *= 10;
    } else if (byte === 0x2e && scale === 0) scale = 1;
    else break;
  }
  if (at === start || at - start > 15) return -1;
  return scale > 1 ? value / scale : value;
}

/** The whole number in `[from, to)`; -1 when there is something else. */
function digits(from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i] as number;
    if (byte < 0x30 || byte > 0x39) return -1;
    value = value * 10 + (byte - 0x30);
  }
  return to > from && to - from <= 15 ? value : -1;
}

function isSame(start: number, end: number, other: number): boolean {
  for (let i = 0; i < end - start; i += 1) if (bytes[start + i] !== bytes[other + i]) return false;
  return true;
}

function isSuffix(from: number, mark: number, index: number, end: number): boolean {
  return bytes[from] === mark && digits(from + 1, end) === index;
}
