/** The string literals of a TypeScript source with their places: enough of a scanner for checks of what people read. */

export interface SourceString {
  /** As it is written, without quotes; an expression of a template is `{}`. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** The code that leads to it, without white space at its end. */
  readonly before: string;
}

const BEFORE_CHARACTERS = 60;
/** What may stand before a regular expression, and not before a division. */
const BEFORE_REGEXP = /[(,=:[!&|?{};]\s*$|\breturn\s*$/;

export function sourceStrings(source: string): SourceString[] {
  const found: SourceString[] = [];
  let at = 0;
  const add = (text: string, start: number) => {
    const before = source.slice(Math.max(0, start - BEFORE_CHARACTERS), start).trimEnd();
    found.push({ text, line: source.slice(0, start).split('\n').length, before });
  };
  const quoted = (quote: string) => {
    const start = at;
    at += 1;
    while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1;
    add(source.slice(start + 1, at), start);
    at += 1;
  };
  const template = () => {
    const start = at;
    let text = '';
    at += 1;
    while (at < source.length && source[at] !== '`') {
      if (source.startsWith('${', at)) {
        at += 2;
        text += '{}';
        code('}');
      } else {
        const size = source[at] === '\\' ? 2 : 1;
        text += source.slice(at, at + size);
        at += size;
      }
    }
    at += 1;
    add(text, start);
  };
  const regexp = () => {
    for (let inClass = false; at < source.length; ) {
      at += source[at] === '\\' ? 2 : 1;
      if (source[at] === '[') inClass = true;
      if (source[at] === ']') inClass = false;
      if (source[at] === '/' && !inClass) break;
    }
    at += 1;
  };
  /** To the closing bracket, or to the end. */
  const code = (close: string | null) => {
    for (let depth = 0; at < source.length; ) {
      const character = source[at] ?? '';
      if (character === close && depth === 0) {
        at += 1;
        return;
      }
      if (character === "'" || character === '"') quoted(character);
      else if (character === '`') template();
      else if (source.startsWith('//', at)) at = endOf('\n', at);
      else if (source.startsWith('/*', at)) at = endOf('*/', at);
      else if (character === '/' && BEFORE_REGEXP.test(source.slice(Math.max(0, at - 20), at))) regexp();
      else {
        if (character === '{') depth += 1;
        if (character === '}') depth -= 1;
        at += 1;
      }
    }
  };
  const endOf = (mark: string, from: number) => {
    const end = source.indexOf(mark, from);
    return end < 0 ? source.length : end + mark.length;
  };
  code(null);
  return found;
}
