/** What can be known of a model file before llama.cpp sees it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { messageOf, UserError } from '../../core/errors.ts';
import { readCached, writeCached } from './machineCache.ts';

export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly inode: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

const MAGIC = 'GGUF';

/** Throws a `UserError` for what is missing, unreadable, a directory, or plainly no GGUF file. */
export async function inspectModelFile(path: string): Promise<ModelFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      throw modelError('model-is-directory', path, 'This is a directory, not a model file.', chooseFile);
    }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    if (buffer.toString('latin1', 0, bytesRead) !== MAGIC) {
      const what =
        stats.size === 0 ? 'The file is empty.' : 'This is not a GGUF file: it does not begin with "GGUF".';
      throw modelError('model-not-gguf', path, what, chooseFile);
    }
    const { size: bytes, ino: inode, mtimeMs: modifiedMs, ctimeMs: changedMs } = stats;
    return { path, bytes, inode, modifiedMs, changedMs };
  } catch (thrown) {
    throw thrown instanceof UserError ? thrown : openError(path, thrown);
  } finally {
    await handle?.close();
  }
}

const chooseFile =
  'Give the path of a model in GGUF form (for a Hugging Face directory: export it to GGUF first).';

function openError(path: string, thrown: unknown): UserError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return modelError(
      'model-missing',
      path,
      'The model file does not exist.',
      'Correct the path, or download the model.',
    );
  }
  if (code === 'EISDIR') {
    return modelError('model-is-directory', path, 'This is a directory, not a model file.', chooseFile);
  }
  const remedy = 'Make the file readable for this user.';
  return modelError('model-unreadable', path, `The model file cannot be read: ${messageOf(thrown)}`, remedy);
}

function modelError(code: string, file: string, message: string, remedy: string): UserError {
  return new UserError(code, message, { place: { file }, remedy });
}

/**
 * SHA-256 of the whole file; computed once on this machine for each path and state of the file. The time of change
 * (`changedMs`) cannot be set by a program, unlike the time of modification.
 */
export async function hashModelFile(file: ModelFile, signal: AbortSignal): Promise<string> {
  const place = { kind: 'hashes', key: { ...file }, schema: z.string().regex(/^[0-9a-f]{64}$/) };
  const known = await readCached(place);
  if (known !== undefined) return known;
  const computed = await hashFile(file.path, signal);
  // What was hashed may not be what was looked at.
  if (isSame(file, await inspectModelFile(file.path))) await writeCached(place, computed);
  return computed;
}

function isSame(a: ModelFile, b: ModelFile): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}
