/** Several boxes or formulas that together are one answer: `\boxed{1}` and `\boxed{2}`. */
import type { Span } from '../../schema/common.ts';

/** A piece of a text with what it holds. */
export interface Piece {
  readonly span: Span;
  readonly content: string;
}

const GLUE = /^(?:[\s$.,;:&~]|\\[()[\],;!]|\\q?quad|\\text\{[^{}]{0,20}\}|\\ |[a-z]_?\d?\s?=)*$/i;
const JOINING = /\b(?:and|or)\b/;
/** A text with these words goes on to another answer. */
const TURNING = /\b(?:then|thus|so|hence|therefore|but|not|no|instead|actually|wait|where|while|if)\b/i;
const MAX_LINK = 40;
const MAX_PIECES = 40;

/** True when the text between two pieces joins them. */
function isLink(between: string): boolean {
  if (between.length > MAX_LINK) return false;
  if (GLUE.test(between)) return true;
  return JOINING.test(between) && !TURNING.test(between) && !/[.!?]\s+[A-Z]|\n\n/.test(between);
}

/** The last piece with those joined to it, in order. */
export function lastCluster<P extends Piece>(text: string, pieces: readonly P[]): P[] {
  let first = pieces.length - 1;
  while (first > 0 && pieces.length - first < MAX_PIECES) {
    const [before, current] = [pieces[first - 1], pieces[first]];
    if (before === undefined || current === undefined) break;
    if (!isLink(text.slice(before.span[1], current.span[0]))) break;
    first--;
  }
  return pieces.slice(Math.max(0, first));
}

/** The first piece with those joined to it. */
export function firstCluster<P extends Piece>(text: string, pieces: readonly P[]): P[] {
  let count = Math.min(1, pieces.length);
  while (count < pieces.length && count < MAX_PIECES) {
    const [before, current] = [pieces[count - 1], pieces[count]];
    if (before === undefined || current === undefined) break;
    if (!isLink(text.slice(before.span[1], current.span[0]))) break;
    count++;
  }
  return pieces.slice(0, count);
}

const PERCENT_BEHIND = /^\s?\$?\s?(?:\\?%|percent(?:age)?|pct)/i;

/** One answer of the pieces; a percent sign just behind a piece belongs to it. */
export function joinPieces(text: string, pieces: readonly Piece[]): string {
  const values = new Set<string>();
  for (const { content, span } of pieces) {
    const percent = PERCENT_BEHIND.test(text.slice(span[1], span[1] + 15)) && !content.includes('%');
    values.add(`${content.trim()}${percent ? '\\%' : ''}`);
  }
  const parts = [...values];
  if (parts.length < 2) return parts[0] ?? '';
  return parts.map((part) => part.replace(/[.,;]\s?$/, '')).join(' , ');
}
