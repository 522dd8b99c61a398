import { visibleLine } from '../core/visibleText.ts';

const NAME_CHARACTERS = 40;

/** An id of a file as part of a code lens: short, one line, nothing hidden, and no icon. */
export function lensName(id: string): string {
  return visibleLine(id, NAME_CHARACTERS).replaceAll('$(', '$ (');
}
