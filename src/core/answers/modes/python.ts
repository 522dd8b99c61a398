import { findBoxes } from '../extract/boxes.ts';
import { UnreadableAnswer } from '../parse/unreadable.ts';
import type { ExtractedAnswer } from '../types.ts';
import { parsePythonLiteral, pythonEqual } from './pythonLiteral.ts';
import type { Verdict } from './verdict.ts';

/** Python mode: both sides are literals, compared as Python compares them (1 == 1.0 == True, a list is no tuple). */
export function comparePython(gold: string, answer: string): Verdict {
  const forms = { gold: gold.trim(), answer: answer.trim() };
  if (forms.gold === forms.answer) return { outcome: 'equal', layer: 'string', reason: null, ...forms };
  const a = read(forms.gold);
  const b = read(forms.answer);
  if ('reason' in a) return { outcome: 'unknown', layer: 'python', reason: `gold-${a.reason}`, ...forms };
  if ('reason' in b) {
    const unknown = b.reason !== 'syntax';
    const reason = unknown ? b.reason : 'not-a-literal';
    return { outcome: unknown ? 'unknown' : 'different', layer: 'python', reason, ...forms };
  }
  return { outcome: pythonEqual(a, b) ? 'equal' : 'different', layer: 'python', reason: null, ...forms };
}

function read(text: string) {
  try {
    return parsePythonLiteral(text);
  } catch (error) {
    if (error instanceof UnreadableAnswer) return { reason: error.reason };
    throw error;
  }
}

/** The conclusion stands at the end; more text is not searched. */
const TAIL = 20_000;

/**
 * Finds the literal in a generation: a box, [ANSWER] tags, the "answer" of a JSON object, an assertion, what follows
 * "answer is" or "returns", or a text that is nothing but a literal.
 */
export function extractPython(text: string): ExtractedAnswer | null {
  const offset = Math.max(0, text.length - TAIL);
  const tail = text.slice(offset);
  const found =
    boxed(tail) ?? tagged(tail) ?? jsonAnswer(tail) ?? asserted(tail) ?? phrased(tail) ?? whole(tail);
  if (found === null) return null;
  const { answer, start, end, method } = found;
  return { answer, span: [offset + start, offset + end], method, doubt: [] };
}

interface Found {
  readonly answer: string;
  readonly start: number;
  readonly end: number;
  readonly method: ExtractedAnswer['method'];
}

function boxed(text: string): Found | null {
  const box = findBoxes(text).at(-1);
  if (box === undefined) return null;
  const answer = unwrapLatex(box.content);
  return answer === '' ? null : { answer, start: box.span[0], end: box.span[1], method: 'boxed' };
}

/** `\text{[1, 2]}`, `\{1: 2\}`, `` `x` `` and `\_` as LaTeX and Markdown have them. */
function unwrapLatex(content: string): string {
  const inner =
    /^\\(?:text|texttt|mathrm|mathtt|verb)\s*\{(.*)\}$/s.exec(content.trim())?.[1] ?? content.trim();
  return inner
    .replace(/\\([{}_#%&$])/g, '$1')
    .replace(/\\(?:left|right)(?![a-zA-Z])/g, '')
    .replace(/^`+|`+$/g, '')
    .trim();
}

function tagged(text: string): Found | null {
  const open = text.lastIndexOf('[ANSWER]');
  if (open < 0) return null;
  const start = open + '[ANSWER]'.length;
  const close = text.indexOf('[/ANSWER]', start);
  const end = close < 0 ? text.length : close;
  const content = text.slice(start, end).trim();
  const answer = /^assert\b/.test(content) ? (asserted(content)?.answer ?? content) : content;
  return answer === '' ? null : { answer, start, end, method: 'final-answer' };
}

function jsonAnswer(text: string): Found | null {
  const fields = [...text.matchAll(/"(?:final_)?answer"\s*:\s*("(?:[^"\\\n]|\\.)*"|[^\n]*)/gi)];
  const field = fields.at(-1);
  if (field?.[1] === undefined) return null;
  const raw = field[1]
    .trim()
    .replace(/[,}\s]+$/, (rest) => (field[1]?.startsWith('"') ? rest : rest.replace(/,$/, '')));
  const start = field.index;
  const place = { start, end: start + field[0].length, method: 'final-answer' } as const;
  if (!raw.startsWith('"')) return raw === '' ? null : { answer: raw, ...place };
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' ? { answer: value, ...place } : null;
  } catch {
    return { answer: raw.slice(1, -1), ...place };
  }
}

function asserted(text: string): Found | null {
  const assertion = [...text.matchAll(/^[ \t]*assert\s+[^\n]{0,2000}?\)\s*==\s*([^\n]{1,4000})$/gm)].at(-1);
  if (assertion?.[1] === undefined) return null;
  const answer = assertion[1].replace(/`+$/, '').trim();
  return {
    answer,
    start: assertion.index,
    end: assertion.index + assertion[0].length,
    method: 'final-answer',
  };
}

function phrased(text: string): Found | null {
  const phrase = [
    ...text.matchAll(
      /(?:answer|output|result)(?:\s+is|\s+would be|\s+will be)?\s*:?\s*\**\s*`([^`\n]{1,4000})`/gi,
    ),
  ].at(-1);
  if (phrase?.[1] === undefined) return null;
  return {
    answer: phrase[1].trim(),
    start: phrase.index,
    end: phrase.index + phrase[0].length,
    method: 'final-answer',
  };
}

function whole(text: string): Found | null {
  const answer = text
    .trim()
    .replace(/^```(?:python)?|```$/g, '')
    .trim();
  return 'reason' in read(answer) ? null : { answer, start: 0, end: text.length, method: 'whole-text' };
}
