import { messageOf, UserError } from '../../core/errors.ts';

/** Runs a file operation; what the disk refuses becomes a `UserError` that names the file and the remedy. */
export async function onDisk<T>(file: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (thrown) {
    throw diskError(file, thrown);
  }
}

/** The error that a person sees for a refused file operation. Errors that are not about the disk stay as they are. */
export function diskError(file: string, thrown: unknown): unknown {
  const code = errorCode(thrown);
  const known = code === null ? undefined : DISK_ERRORS[code];
  if (known === undefined) return thrown;
  return new UserError(known.code, `${known.message} (${messageOf(thrown)})`, {
    place: { file },
    remedy: known.remedy,
    cause: thrown,
  });
}

/** The `code` of a system error, such as `ENOENT`. */
export function errorCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

const noSpace = {
  code: 'disk-full',
  message: 'There is no space left on the disk.',
  remedy: 'Free some space and resume the run: every finished sample is kept.',
};
const notAllowed = {
  code: 'not-writable',
  message: 'The file or its directory cannot be written.',
  remedy: 'Change its permissions, or choose another directory.',
};

const DISK_ERRORS: Readonly<Record<string, { code: string; message: string; remedy: string }>> = {
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EFBIG: noSpace,
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: { ...notAllowed, message: 'The disk is read-only.' },
  ENOENT: {
    code: 'directory-gone',
    message: 'The file or its directory is not there any more.',
    remedy: 'Put the directory back, or start a new run.',
  },
  ENOTDIR: {
    code: 'not-a-directory',
    message: 'A part of the path is a file, not a directory.',
    remedy: 'Choose another directory.',
  },
  EMFILE: {
    code: 'too-many-files',
    message: 'This process has too many open files.',
    remedy: 'Raise the limit (ulimit -n) and resume the run.',
  },
  EIO: {
    code: 'disk-failed',
    message: 'The disk failed to read or write.',
    remedy: 'Check the disk, then resume the run.',
  },
};
