import { open, stat } from 'node:fs/promises';
import { formatOfFile } from '../core/problems/format.ts';
import { metaFileOf } from '../node/training/metaFile.ts';

/** Read of a file to see what it is. */
const HEAD_BYTES = 64 * 1024;

/** Whether the file looks like a problem set: its first rows hold a statement. Training sets do not count. */
export async function isProblemFile(file: string): Promise<boolean> {
  const format = formatOfFile(file);
  // A device or a pipe of that name would be read for ever.
  if (format === null || !(await isRegular(file))) return false;
  if (format === 'parquet') return true;
  if (await isRegular(metaFileOf(file))) return false;
  const text = await head(file);
  if (text === null) return false;
  const { holdsProblems } = await import('./problemReading.ts');
  return holdsProblems(text, file, format);
}

async function head(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function isRegular(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
