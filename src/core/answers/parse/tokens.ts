import { UnreadableAnswer } from './unreadable.ts';

/** A place in the token list, with the depth of recursion and of open absolute bars. */
export interface Tokens {
  readonly list: string[];
  at: number;
  depth: number;
  bars: number;
}

/** Deeper nesting is refused: no honest answer comes near it. */
const MAX_DEPTH = 120;

export function peek(tokens: Tokens, ahead = 0): string | undefined {
  return tokens.list[tokens.at + ahead];
}

export function next(tokens: Tokens): string {
  const token = tokens.list[tokens.at++];
  if (token === undefined) throw new UnreadableAnswer('syntax', 'the answer ends too early');
  return token;
}

/** Takes the next token when it is one of these. */
export function accept(tokens: Tokens, ...wanted: readonly string[]): boolean {
  const token = peek(tokens);
  if (token === undefined || !wanted.includes(token)) return false;
  tokens.at++;
  return true;
}

export function expect(tokens: Tokens, ...wanted: readonly string[]): void {
  if (accept(tokens, ...wanted)) return;
  throw new UnreadableAnswer('syntax', `expected ${wanted.join(' or ')}, found ${peek(tokens) ?? 'the end'}`);
}

/** Runs one level of the grammar, and refuses to go too deep. */
export function nested<T>(tokens: Tokens, level: () => T): T {
  if (++tokens.depth > MAX_DEPTH) throw new UnreadableAnswer('too-long', 'nested too deeply');
  const result = level();
  tokens.depth--;
  return result;
}

/** The text between braces, tokens joined, as in \text{...} or a subscript. */
export function rawGroup(tokens: Tokens): string {
  expect(tokens, '{');
  let text = '';
  for (let open = 1; ; ) {
    const token = next(tokens);
    if (token === '{') open++;
    if (token === '}' && --open === 0) return text;
    text += token;
  }
}
