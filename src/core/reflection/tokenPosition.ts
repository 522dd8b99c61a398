/** Where in the tokens of a generation a character stands. */
export interface TokenPosition {
  /** Index of the token, from 0. */
  readonly token: number;
  /** False: estimated from the share of the characters, because the engine gave no token boundaries. */
  readonly isExact: boolean;
}

/**
 * The token that holds character `at`. With `starts`, the first character of each token, it is exact; else it is taken
 * from the share of the characters before it.
 */
export function tokenPosition(
  at: number,
  { characters, tokens, starts }: { characters: number; tokens: number; starts?: readonly number[] },
): TokenPosition {
  if (starts === undefined || starts.length === 0) {
    const share = characters === 0 ? 0 : at / characters;
    return { token: Math.max(0, Math.min(tokens - 1, Math.floor(share * tokens))), isExact: false };
  }
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { token: low, isExact: true };
}
