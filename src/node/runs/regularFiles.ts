/**
 * A run directory may come from somebody else, and a link in it may lead anywhere: to a device that never ends, or to a
 * file of the user's that a decision would be appended to.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { errorCode, onDisk } from './diskErrors.ts';
import { MANIFEST_FILE, RUN_LINES } from './layout.ts';

const NAMES = [MANIFEST_FILE, ...Object.values(RUN_LINES)];

/** Throws when a file of the run is a device, a pipe or a directory; what is not there is none. Links may be read. */
export async function requireRegularFiles(dir: string): Promise<void> {
  for (const file of NAMES.map((name) => path.join(dir, name))) {
    const found = await ifThere(() => stat(file));
    if (found !== null && !found.isFile()) throw notRegular(file, 'It is no regular file.');
  }
}

/** Opens a file of a run to append to it and to read its end. A link is refused: it may lead out of the run. */
export async function openToAppend(file: string): Promise<FileHandle> {
  // Windows has no such flag; there a link is looked for, and it takes a privilege to make one.
  const noFollow: number | undefined = constants.O_NOFOLLOW;
  if (noFollow === undefined && (await ifThere(() => lstat(file)))?.isSymbolicLink() === true) {
    throw notRegular(file, LINK);
  }
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (noFollow ?? 0);
  const handle = await onDisk(file, () => open(file, flags, 0o666)).catch((thrown: unknown) => {
    throw errorCode(thrown) === 'ELOOP' ? notRegular(file, LINK) : thrown;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notRegular(file, 'It is no regular file.');
}

const LINK = 'It is a link, and nothing is written through links.';

async function ifThere(look: () => Promise<Stats>): Promise<Stats | null> {
  return look().catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return null;
    throw thrown;
  });
}

function notRegular(file: string, message: string): UserError {
  return new UserError('not-regular', `${path.basename(file)} of the run cannot be used. ${message}`, {
    place: { file },
    remedy: 'Put the file itself into the run directory.',
  });
}
