import { open } from 'node:fs/promises';
import { errorCode } from './diskErrors.ts';

/**
 * Mends the end of a JSONL file after a crash: a last line without its newline is completed when it is whole JSON,
 * and cut off otherwise. Returns what was done, or null when there was nothing to do.
 */
export async function repairTornLine(file: string): Promise<string | null> {
  const handle = await open(file, 'r+').catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT') return null;
    throw thrown;
  });
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    const tail = await lastLine(handle, size);
    if (tail.length === 0) return null;
    if (isJson(tail.toString('utf8'))) {
      await handle.write('\n', size);
      return 'the last line had lost its newline; it was complete and is kept';
    }
    await handle.truncate(size - tail.length);
    await handle.datasync();
    return `a torn last line of ${tail.length} bytes was cut off; its sample will be made again`;
  } finally {
    await handle.close();
  }
}

const BLOCK = 1 << 16;

/** The bytes after the last newline. */
async function lastLine(handle: Awaited<ReturnType<typeof open>>, size: number): Promise<Buffer> {
  let tail = Buffer.alloc(0);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK);
    const block = Buffer.alloc(end - start);
    await handle.read(block, 0, block.length, start);
    const newline = block.lastIndexOf(0x0a);
    tail = Buffer.concat([block.subarray(newline + 1), tail]);
    if (newline >= 0) break;
    end = start;
  }
  return tail;
}

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
