import { UnreadableAnswer } from './unreadable.ts';

/** Longest answer that is read as an expression. */
export const MAX_ANSWER = 3000;

/** Commands that only space or size what follows. */
const SPACING = new Set(
  `\\, \\! \\; \\: \\> \\quad \\qquad \\thinspace \\medspace \\thickspace \\negthinspace \\displaystyle \\textstyle
  \\limits \\nolimits \\left \\right \\bigl \\bigr \\Bigl \\Bigr \\big \\Big \\mathrm \\mathit \\mathsf \\rm \\hfill`
    .split(/\s+/)
    .concat('\\ '),
);

/** Words that mean a function or constant also without a backslash, as in `sqrt(3)` and `2*pi`. */
const BARE_WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  'sqrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp pi infty frac theta alpha beta gamma phi'
    .split(' ')
    .map((word) => [word, `\\${word}`])
    .concat([
      ['infinity', '\\infty'],
      ['asin', '\\arcsin'],
      ['acos', '\\arccos'],
      ['atan', '\\arctan'],
    ]),
);

const TOKEN =
  /\\[a-zA-Z]+\*?|\\.|\d+\.(?=\\overline)|\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3}(?![\d.a-zA-Z]))?|\.\d+|[a-zA-Z]+|\S/gy;

/** Splits an answer into tokens; spacing is dropped, and letters that form no known word stand alone. */
export function tokenise(text: string): string[] {
  if (text.length > MAX_ANSWER) throw new UnreadableAnswer('too-long', 'the answer is too long');
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] ?? '')) {
      at++;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) throw new UnreadableAnswer('syntax', 'unreadable character');
    at += token.length;
    if (SPACING.has(token)) continue;
    if (/^[a-zA-Z]{2,}$/.test(token)) tokens.push(...readWord(token));
    else tokens.push(token);
  }
  return tokens;
}

/** True for a word that is read as a function or constant without its backslash. */
export function isBareWord(word: string): boolean {
  return Object.hasOwn(BARE_WORDS, word);
}

function readWord(word: string): string[] {
  const command = Object.hasOwn(BARE_WORDS, word) ? BARE_WORDS[word] : undefined;
  return command === undefined ? [...word] : [command];
}
