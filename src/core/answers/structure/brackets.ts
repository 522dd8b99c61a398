/** Splitting at the top level: outside of every bracket and environment. All linear. */

/** Length of the separator at this place, 0 when there is none. */
export type SeparatorAt = (text: string, at: number) => number;

/** Index behind the `}` that closes the `{` at `open`; -1 when there is none. Escaped braces do not count. */
export function behindClosingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at + 1;
  }
  return -1;
}

const OPENERS = /\\(?:lfloor|lceil|lvert|langle|lbrace|lbrack)(?![a-zA-Z])/y;
const CLOSERS = /\\(?:rfloor|rceil|rvert|rangle|rbrace|rbrack)(?![a-zA-Z])/y;

/** The pieces between separators at the top level. */
export function splitTopLevel(text: string, separatorAt: SeparatorAt): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let environments = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const step = text[at] === '\\' ? readCommand(text, at) : null;
    if (step !== null) {
      depth = Math.max(0, depth + step.depth);
      environments += step.environments;
    }
    if (depth === 0 && environments === 0) {
      const length = separatorAt(text, at);
      if (length > 0) {
        pieces.push(text.slice(start, at));
        at += length - 1;
        start = at + 1;
        continue;
      }
    }
    if (step !== null) at += step.skip;
    else if ('{(['.includes(text[at] ?? ' ')) depth++;
    else if ('})]'.includes(text[at] ?? ' ')) depth = Math.max(0, depth - 1);
  }
  pieces.push(text.slice(start));
  return pieces;
}

/** What a backslash begins: a bracket, an environment, or nothing that matters here. */
function readCommand(text: string, at: number): { depth: number; environments: number; skip: number } {
  const char = text[at + 1];
  if (char === '{') return { depth: 1, environments: 0, skip: 1 };
  if (char === '}') return { depth: -1, environments: 0, skip: 1 };
  if (text.startsWith('begin', at + 1)) return { depth: 0, environments: 1, skip: 0 };
  if (text.startsWith('end', at + 1)) return { depth: 0, environments: -1, skip: 0 };
  OPENERS.lastIndex = at;
  if (OPENERS.test(text)) return { depth: 1, environments: 0, skip: 1 };
  CLOSERS.lastIndex = at;
  if (CLOSERS.test(text)) return { depth: -1, environments: 0, skip: 1 };
  return { depth: 0, environments: 0, skip: 0 };
}

/** A separator that is one of these texts; a command is not the beginning of a longer one. */
export function separator(...texts: readonly string[]): SeparatorAt {
  return (text, at) => {
    for (const candidate of texts) {
      if (!text.startsWith(candidate, at)) continue;
      const isCommand = /[a-zA-Z]$/.test(candidate);
      if (isCommand && /[a-zA-Z]/.test(text[at + candidate.length] ?? '')) continue;
      return candidate.length;
    }
    return 0;
  };
}

/** True when the bracket that opens the text is closed by the one that ends it. */
export function isEnclosed(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ' ';
    if (char === '\\') {
      at++;
      if (text[at] === '{') depth++;
      if (text[at] === '}' && --depth === 0 && at < text.length - 1) return false;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char) && --depth === 0 && at < text.length - 1) return false;
  }
  return depth === 0;
}
