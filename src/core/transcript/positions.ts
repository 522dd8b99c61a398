/** Offsets and line positions as an editor counts them. */

export interface Position {
  /** From 0. */
  readonly line: number;
  /** UTF-16 code units from the start of the line. */
  readonly character: number;
}

/**
 * Position of an offset. Lines end at `\r\n`, `\n` or `\r`, as in VS Code, which then writes all line ends alike in
 * its own copy: offsets into that copy are not offsets into our text, but positions are the same in both.
 */
export function positionAt(text: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, text.length));
  let line = 0;
  let start = 0;
  for (const lineEnd of text.matchAll(LINE_END)) {
    const next = lineEnd.index + lineEnd[0].length;
    if (next > end) break;
    line += 1;
    start = next;
  }
  return { line, character: isWithinLineEnd(text, end) ? end - 1 - start : end - start };
}

/** Offset of a position; beyond the end of its line it is the line's end, beyond the last line the text's end. */
export function offsetAt(text: string, position: Position): number {
  let line = 0;
  let start = 0;
  for (const lineEnd of text.matchAll(LINE_END)) {
    if (line === position.line) return Math.min(start + Math.max(0, position.character), lineEnd.index);
    line += 1;
    start = lineEnd.index + lineEnd[0].length;
  }
  return line < position.line ? text.length : Math.min(start + Math.max(0, position.character), text.length);
}

/** Positions of many offsets of one text: the lines are found once, each position then takes a few comparisons. */
export function createPositions(text: string): (offset: number) => Position {
  const starts = [0];
  for (const lineEnd of text.matchAll(LINE_END)) starts.push(lineEnd.index + lineEnd[0].length);
  return (offset) => {
    const end = Math.max(0, Math.min(offset, text.length));
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= end) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    return { line: low, character: isWithinLineEnd(text, end) ? end - 1 - start : end - start };
  };
}

/** Inside a `\r\n`: the end of the line, since an editor has no place between the two. */
function isWithinLineEnd(text: string, offset: number): boolean {
  return text[offset - 1] === '\r' && text[offset] === '\n';
}

const LINE_END = /\r\n|\n|\r/g;
