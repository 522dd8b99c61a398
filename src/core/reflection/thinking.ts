import type { Span } from '../schema/common.ts';

/** Where the reasoning and the answer part of a generation lie; a part that is not there is `null`. */
export interface ThinkingParts {
  /** The text between the think tags, tags excluded. */
  readonly think: Span | null;
  /** What follows `</think>`, or the whole text when there are no tags. */
  readonly summary: Span | null;
  /** The think part was never closed: the generation ran out of tokens while it reasoned. */
  readonly unclosed: boolean;
}

const OPEN = '<think>';
const CLOSE = '</think>';

/**
 * Splits a generation at its think tags. Chat templates of the R1 family put `<think>` into the prompt, so a text
 * with only the closing tag is all reasoning up to it. The last closing tag counts: a model may quote the tag.
 */
export function splitThinking(text: string): ThinkingParts {
  const open = text.indexOf(OPEN);
  const close = text.lastIndexOf(CLOSE);
  if (open < 0 && close < 0) return { think: null, summary: [0, text.length], unclosed: false };
  const start = open >= 0 && (close < 0 || open < close) ? open + OPEN.length : 0;
  if (close < start) return { think: [start, text.length], summary: null, unclosed: true };
  return { think: [start, close], summary: [close + CLOSE.length, text.length], unclosed: false };
}

/** The span without white space at its ends. */
export function trimSpan(text: string, [start, end]: Span): Span {
  const part = text.slice(start, end);
  const left = part.length - part.trimStart().length;
  return left === part.length ? [start, start] : [start + left, start + part.trimEnd().length];
}

/** The text of a solution as it stands in the critique prompt's slot: reasoning and summary, think tags stripped (spec A2.5). */
export function wholeSolution(text: string): string {
  const { think, summary } = splitThinking(text);
  return [think, summary]
    .filter((span) => span !== null)
    .map(([start, end]) => text.slice(start, end).trim())
    .filter((part) => part !== '')
    .join('\n\n');
}
