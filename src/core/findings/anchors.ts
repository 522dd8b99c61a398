/** Findings on a text that people go on editing. */
import type { Span } from '../schema/common.ts';

/** Where a finding stands now. */
export interface Anchor {
  readonly span: Span;
  /** The text that the finding talks about is another one by now. */
  readonly isStale: boolean;
}

/** One change of a text: so many characters from `start` on became others. */
export interface TextChange {
  readonly start: number;
  readonly removed: number;
  readonly inserted: number;
}

/**
 * The anchor after a change. One before it moves along; one within it is stale and covers what is left of its text. Text
 * inserted right before or right behind it does not belong to it.
 */
export function movedAnchor({ span: [from, to], isStale }: Anchor, change: TextChange): Anchor {
  const { start, removed, inserted } = change;
  const [end, shift] = [start + removed, inserted - removed];
  if (start >= to) return { span: [from, to], isStale };
  if (end <= from) return { span: [from + shift, to + shift], isStale };
  const first = Math.min(from, start);
  return { span: [first, Math.max(first, to < end ? start + inserted : to + shift)], isStale: true };
}

/**
 * Finds the place of a finding in a text that was changed while nobody looked: the same text where it stands nearest to
 * its old place, else the old place, stale.
 */
export function foundAnchor(before: string, now: string, span: Span): Anchor {
  const [start, end] = span;
  const text = before.slice(start, end);
  // What the two have in common at their ends tells how far the place has moved.
  const shift = start >= commonStart(before, now) ? now.length - before.length : 0;
  let nearest: number | null = null;
  for (let at = text === '' ? -1 : now.indexOf(text); at >= 0; at = now.indexOf(text, at + 1)) {
    if (nearest === null || Math.abs(at - start - shift) < Math.abs(nearest - start - shift)) nearest = at;
    else break;
  }
  if (nearest !== null) return { span: [nearest, nearest + text.length], isStale: false };
  const from = Math.max(0, Math.min(start + shift, now.length));
  return { span: [from, Math.min(now.length, from + text.length)], isStale: true };
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}
