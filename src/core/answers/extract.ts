import type { Span } from '../schema/common.ts';
import { type Box, findBoxes } from './boxes.ts';
import { defaultPolicy, type GradingPolicy } from './policies.ts';
import type { Doubt, ExtractedAnswer } from './types.ts';

/** Longer generations are read from their end. */
const MAX_TEXT = 2_000_000;

/** Finds the answer of a whole generation: the last box, else what follows "final answer is". */
export function extractAnswer(text: string, policy: GradingPolicy = defaultPolicy): ExtractedAnswer {
  const start = answerPartStart(text);
  const part = text.slice(start);
  const boxes = findBoxes(part);
  const last = boxes.at(-1);
  if (last !== undefined) return boxedAnswer(boxes, last, start);
  if (policy.extraction !== 'boxed') {
    const phrase = finalAnswerPhrase(part, start);
    if (phrase !== null) return phrase;
  }
  return { answer: null, span: null, method: 'none', doubt: [] };
}

/** The part after the thinking: what follows the last `</think>`, unless that is blank. */
function answerPartStart(text: string): number {
  const from = Math.max(0, text.length - MAX_TEXT);
  const close = text.lastIndexOf('</think>');
  if (close < from) return from;
  const after = close + '</think>'.length;
  return text.slice(after).trim() === '' ? from : after;
}

function boxedAnswer(boxes: readonly Box[], last: Box, offset: number): ExtractedAnswer {
  const doubt: Doubt[] = [];
  if (!last.closed) doubt.push('unclosed-box');
  if (boxes.some((box) => box.content.trim() !== last.content.trim())) doubt.push('several-boxes');
  const answer = last.content.trim();
  const span: Span = [offset + last.span[0], offset + last.span[1]];
  return { answer: answer === '' ? null : answer, span, method: 'boxed', doubt };
}

function finalAnswerPhrase(part: string, offset: number): ExtractedAnswer | null {
  const phrases = [...part.matchAll(/\b(?:final answer|the answer)\b(?: is)?[ \t]*:?[ \t]*/gi)];
  const phrase = phrases.at(-1);
  if (phrase === undefined) return null;
  const from = phrase.index + phrase[0].length;
  const line = part.slice(from, from + 600).split('\n', 1)[0] ?? '';
  const answer = line.replace(/[\s.*]+$/, '').replace(/^[\s$*"“]+|[\s$*"”]+$/g, '');
  if (answer === '') return null;
  return { answer, span: [offset + from, offset + from + line.length], method: 'final-answer', doubt: [] };
}
