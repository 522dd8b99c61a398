/** Where the formulas stand in a problem's or a model's text: for panels that typeset them. */

export interface MathPart {
  readonly kind: 'text' | 'inline' | 'display';
  /** As it stands in the text, delimiters included: the parts joined are the text. */
  readonly source: string;
  /** Without the delimiters; of text the text. */
  readonly tex: string;
}

/** Longer ones are text: nobody reads them, and they cost more to typeset than a panel has time for. */
export const LONGEST_FORMULA = 2000;
/** Of one text; what comes after them is text. */
export const MOST_FORMULAS = 200;

/** `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. A backslash before a dollar makes it one of money. */
export function splitMath(text: string): MathPart[] {
  const parts: MathPart[] = [];
  let plain = 0;
  let at = 0;
  let formulas = 0;
  while (at < text.length && formulas < MOST_FORMULAS) {
    const found = formulaAt(text, at);
    if (found === null) {
      // What is escaped opens nothing.
      at += text[at] === '\\' ? 2 : 1;
      continue;
    }
    if (plain < at) parts.push(textPart(text.slice(plain, at)));
    parts.push(found);
    formulas += 1;
    at += found.source.length;
    plain = at;
  }
  if (plain < text.length) parts.push(textPart(text.slice(plain)));
  return parts;
}

function textPart(source: string): MathPart {
  return { kind: 'text', source, tex: source };
}

const DELIMITERS = [
  { open: '$$', close: '$$', kind: 'display' },
  { open: '\\[', close: '\\]', kind: 'display' },
  { open: '\\(', close: '\\)', kind: 'inline' },
  { open: '$', close: '$', kind: 'inline' },
] as const;

function formulaAt(text: string, at: number): MathPart | null {
  for (const { open, close, kind } of DELIMITERS) {
    if (!text.startsWith(open, at)) continue;
    const end = closing(text, at + open.length, close);
    if (end === null) return null;
    const tex = text.slice(at + open.length, end);
    if (tex.trim() === '' || DEFINITIONS.test(tex) || cells(tex) > MOST_CELLS) return null;
    if (open === '$' && !isInline(tex, text[end + 1] ?? '')) return null;
    return { kind, source: text.slice(at, end + close.length), tex };
  }
  return null;
}

/** Where the formula ends; null where it does not, within its bound and its paragraph. */
function closing(text: string, from: number, close: string): number | null {
  const last = Math.min(text.length, from + LONGEST_FORMULA);
  for (let at = from; at < last; at += 1) {
    if (text.startsWith(close, at)) return at;
    if (text[at] === '\\') at += 1;
    else if (text[at] === '\n' && /^\s*\n/.test(text.slice(at + 1, at + 80))) return null;
  }
  return null;
}

/** The rule of Pandoc: `$5 and $6` is money, because a formula touches its dollars and no digit follows. */
function isInline(tex: string, next: string): boolean {
  return !/^\s|\s$/.test(tex) && !/\d/.test(next);
}

/** A matrix costs its cells, and two letters make one. */
const MOST_CELLS = 200;

function cells(tex: string): number {
  return tex.split(/&|\\\\/).length;
}

/** Macros of one's own can make a page of a line; no problem needs them. */
const DEFINITIONS =
  /\\(?:[gex]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand|newenvironment|catcode|char)(?![a-zA-Z])/;
