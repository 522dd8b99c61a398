/**
 * Text of a model or a file as it is, for a place that draws it itself: what would turn the line around, move the cursor
 * or be nothing at all is shown by its name. Line feeds and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x2028 || code === 0x2029) return '\n';
    return `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`;
  });
}

/** The same as one line of a list, cut after so many characters. */
export function visibleLine(text: string, most: number): string {
  // Of a line of megabytes only the beginning is gone through.
  const beginning = text.slice(0, 4 * most).replace(/[ \t\n\r\u2028\u2029]+/g, ' ');
  const line = visibleText(beginning).trim();
  return line.length > most || text.length > 4 * most ? `${line.slice(0, most)}…` : line;
}

/** Controls but line feed and tab; marks that change the direction of text; zero-width and tag characters. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu;
