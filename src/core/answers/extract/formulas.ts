import type { Span } from '../../schema/common.ts';

/** A formula in a text: `$...$`, `$$...$$`, `\(...\)` or `\[...\]`. */
export interface Formula {
  readonly span: Span;
  readonly content: string;
}

const MAX_INLINE = 3000;
const MAX_DISPLAY = 20_000;

/** All formulas in order. A closing mark that is missing once is not searched again, so that this is linear. */
export function findFormulas(text: string): Formula[] {
  const found: Formula[] = [];
  const exhausted = new Set<string>();
  const find = (mark: string, from: number) => {
    if (exhausted.has(mark)) return -1;
    const at = text.indexOf(mark, from);
    if (at < 0) exhausted.add(mark);
    return at;
  };
  for (let at = 0; at < text.length; at++) {
    const formula = formulaAt(text, at, find);
    if (formula !== null) {
      found.push(formula);
      at = formula.span[1] - 1;
    } else if (text[at] === '\\' || text.startsWith('$$', at)) at++;
  }
  return found;
}

function formulaAt(text: string, at: number, find: (mark: string, from: number) => number): Formula | null {
  for (const [open, close] of [
    ['\\[', '\\]'],
    ['\\(', '\\)'],
    ['$$', '$$'],
  ] as const) {
    if (!text.startsWith(open, at)) continue;
    const end = find(close, at + 2);
    const fits = end > at + 2 && end - at < MAX_DISPLAY;
    return fits ? { span: [at, end + 2], content: text.slice(at + 2, end) } : null;
  }
  // `5$` is money.
  if (text[at] !== '$' || /\d/.test(text[at - 1] ?? '')) return null;
  let end = find('$', at + 1);
  while (end > 0 && text[end - 1] === '\\') end = find('$', end + 1);
  if (end < 0 || end - at >= MAX_INLINE) return null;
  return { span: [at, end + 1], content: text.slice(at + 1, end) };
}
