import type { Span } from '../../schema/common.ts';

/** One `\boxed{...}` or `\fbox{...}` of a text. */
export interface Box {
  /** From the backslash to behind the closing brace. */
  readonly span: Span;
  readonly content: string;
  /** False: the closing brace is missing and the content runs to the end of its line. */
  readonly closed: boolean;
}

interface OpenBrace {
  /** Index of the backslash for a box, -1 for any other brace. */
  readonly boxStart: number;
  readonly contentStart: number;
}

/** Longest content that is kept of an unclosed box, and how many of those are kept: the last ones. */
const MAX_LOOSE = 3000;
const MAX_UNCLOSED = 4;

/**
 * All outermost boxes in order, in one pass: time is linear in the length whatever the text holds
 * (a regular expression with an unbounded lazy body takes 24 s on 200 kB of hostile text).
 */
export function findBoxes(text: string): Box[] {
  const found: Box[] = [];
  const open: OpenBrace[] = [];
  let openBoxes = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '\\') {
      const content = boxContentStart(text, index);
      if (content === null) {
        index++; // an escaped character, such as \{
      } else if (content.braced) {
        open.push({ boxStart: index, contentStart: content.start });
        openBoxes++;
        index = content.start - 1;
      } else if (openBoxes === 0) {
        const box = bareBox(text, index, content.start);
        found.push(box);
        index = box.span[1] - 1;
      }
    } else if (char === '{') {
      open.push({ boxStart: -1, contentStart: -1 });
    } else if (char === '}') {
      const brace = open.pop();
      if (brace === undefined || brace.boxStart < 0) continue;
      openBoxes--;
      found.push({
        span: [brace.boxStart, index + 1],
        content: text.slice(brace.contentStart, index),
        closed: true,
      });
    }
  }
  const unclosed = open.filter((brace) => brace.boxStart >= 0).slice(-MAX_UNCLOSED);
  for (const brace of unclosed) found.push(unclosedBox(text, brace));
  return outermost(found);
}

const BOX_COMMANDS = ['\\boxed', '\\fbox'];

function boxContentStart(text: string, index: number): { start: number; braced: boolean } | null {
  const command = BOX_COMMANDS.find((name) => text.startsWith(name, index));
  if (command === undefined) return null;
  let at = index + command.length;
  while (text[at] === ' ') at++;
  if (text[at] === '{') return { start: at + 1, braced: true };
  // `\boxed 5` without braces; `\boxedsomething` is another command.
  const spaced = at > index + command.length && at < text.length && !/\s/.test(text[at] ?? ' ');
  const another = BOX_COMMANDS.some((name) => text.startsWith(name, at));
  return spaced && !another ? { start: at, braced: false } : null;
}

function bareBox(text: string, start: number, contentStart: number): Box {
  const content = /^[^\s$.,;]*/.exec(text.slice(contentStart, contentStart + 200))?.[0] ?? '';
  return { span: [start, contentStart + content.length], content, closed: true };
}

function unclosedBox(text: string, brace: OpenBrace): Box {
  const newline = text.indexOf('\n', brace.contentStart);
  const end = Math.min(newline < 0 ? text.length : newline, brace.contentStart + MAX_LOOSE);
  let last = end;
  while (last > brace.contentStart && ' \t\r$.'.includes(text[last - 1] ?? '')) last--;
  return { span: [brace.boxStart, end], content: text.slice(brace.contentStart, last), closed: false };
}

/** Boxes in order of appearance, without those that lie inside a closed one. */
function outermost(boxes: readonly Box[]): Box[] {
  const kept: Box[] = [];
  let end = 0;
  for (const box of boxes.toSorted((a, b) => a.span[0] - b.span[0] || b.span[1] - a.span[1])) {
    if (box.span[0] < end) continue;
    kept.push(box);
    if (box.closed) end = box.span[1];
  }
  return kept;
}
