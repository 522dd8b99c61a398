/** Splits the text of a JSON array into its elements without holding the whole: a broken element stands alone. */
import type { RowOrBreak } from './rows.ts';

/** Longer rows are reported and left out, so that memory stays flat. Characters. */
export const MAX_ROW = 16_000_000;

export interface Element {
  readonly line: number;
  readonly text: string;
}

export interface JsonArraySplitter {
  /** Elements and faults that end in this piece of the text. */
  push(piece: string): (Element | RowOrBreak)[];
  /** What is wrong with the end of the text, if anything. */
  finish(): RowOrBreak | null;
}

export function createJsonArraySplitter(): JsonArraySplitter {
  let line = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let closed = false;
  /** Text of the element so far, from earlier pieces, and the line where it began. */
  let held = '';
  let began = 1;
  let tooLong = false;

  return {
    push(piece) {
      const found: (Element | RowOrBreak)[] = [];
      let start = depth > 1 || held !== '' ? 0 : -1;
      const end = (at: number) => {
        const text = (held + piece.slice(start < 0 ? at : start, at)).trim();
        if (tooLong) found.push(overlong(began));
        else if (text !== '') found.push({ line: began, text });
        held = '';
        tooLong = false;
        start = -1;
      };
      for (let at = 0; at < piece.length; at++) {
        const char = piece.charCodeAt(at);
        if (char === NEWLINE) line++;
        if (inString) {
          if (escaped) escaped = false;
          else if (char === BACKSLASH) escaped = true;
          else if (char === QUOTE) inString = false;
          continue;
        }
        if (depth === 0) {
          if (char === OPEN_LIST) depth = 1;
          continue;
        }
        if (depth === 1 && (char === COMMA || char === CLOSE_LIST)) {
          end(at);
          if (char === CLOSE_LIST) {
            depth = 0;
            closed = true;
          }
          continue;
        }
        if (start < 0 && held === '' && char > SPACE) {
          start = at;
          began = line;
        }
        if (char === QUOTE) inString = true;
        else if (char === OPEN_LIST || char === OPEN_OBJECT) depth++;
        else if (char === CLOSE_LIST || char === CLOSE_OBJECT) depth--;
      }
      if (start >= 0) held += tooLong ? '' : piece.slice(start);
      if (held.length > MAX_ROW) {
        tooLong = true;
        held = ' ';
      }
      return found;
    },
    finish() {
      if (closed && depth === 0) return null;
      return {
        line,
        message: depth === 0 ? 'no JSON array' : 'the array is not closed: the file was cut off',
        remedy: 'Fetch or write the file again; the rows before this line were read.',
      };
    },
  };
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

function overlong(line: number): RowOrBreak {
  return {
    line,
    message: `the row is longer than ${MAX_ROW / 1e6} million characters`,
    remedy: 'Shorten the row; no problem statement is that long.',
  };
}
