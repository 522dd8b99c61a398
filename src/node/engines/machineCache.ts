/** Small results that were costly to compute on this machine, in the user's cache directory. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { cacheFolder } from '../cacheFolder.ts';

export interface CachePlace<Value> {
  /** A folder of the cache. */
  readonly kind: string;
  /** Everything that the value depends on. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodType<Value>;
  /** Older entries are computed again. */
  readonly maxAgeMs?: number;
}

const entrySchema = z.object({ at: z.number(), key: z.string(), value: z.unknown() });

/** Undefined for what is missing, too old or damaged: a cache is never an error. */
export async function readCached<Value>(place: CachePlace<Value>): Promise<Value | undefined> {
  const { file, key } = locate(place);
  try {
    const entry = entrySchema.parse(JSON.parse(await readFile(file, 'utf8')));
    const isFresh = Date.now() - entry.at <= (place.maxAgeMs ?? Number.POSITIVE_INFINITY);
    return entry.key === key && isFresh ? place.schema.parse(entry.value) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeCached<Value>(place: CachePlace<Value>, value: Value): Promise<void> {
  const { file, key } = locate(place);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, `${JSON.stringify({ at: Date.now(), key, value })}\n`, { fsync: false });
  } catch {
    // A full or read-only disk costs time at the next start, nothing else.
  }
}

function locate({ kind, key }: Pick<CachePlace<unknown>, 'kind' | 'key'>): { file: string; key: string } {
  const text = JSON.stringify(key);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { file: path.join(cacheFolder(), kind, `${name}.json`), key: text };
}
