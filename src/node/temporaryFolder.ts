import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf, UserError } from '../core/errors.ts';

/** A new folder of this user's, with a name that others cannot guess. Whoever asks for it takes it away. */
export function makeTemporaryFolder(what: string): string {
  const parent = tmpdir();
  try {
    return mkdtempSync(path.join(parent, `reflection-${what}-`));
  } catch (thrown) {
    throw new UserError('no-temporary-folder', `No temporary folder can be made: ${messageOf(thrown)}`, {
      place: { file: parent },
      remedy: 'Free space there, or set TMPDIR (on Windows TEMP) to a folder that can be written.',
      cause: thrown,
    });
  }
}
