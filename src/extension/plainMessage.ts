import { visibleText } from '../core/visibleText.ts';

/** Beyond this nobody reads a notification; the log has all of it. */
const CHARACTERS_AT_MOST = 1200;

/** A text as it is to be read in a notification: without links, hidden characters and new lines. */
export function plainMessage(text: string): string {
  const visible = visibleText(text).replace(/\s*\n\s*/g, ' ');
  const shown = visible.length > CHARACTERS_AT_MOST ? `${visible.slice(0, CHARACTERS_AT_MOST)}…` : visible;
  return shown.replace(/\](?=\()/g, '] ');
}
