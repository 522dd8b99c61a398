/**
 * What the events of a run amount to, remembered up to the last whole line: a training run that records its rollouts has
 * hundreds of megabytes of them, and a list of runs asks for the state of each.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { foldEvent, newRunFold, type RunFold } from '../../../core/runs/index.ts';
import { errorCode, onDisk } from '../diskErrors.ts';
import { parseLine, splitLines } from '../jsonLines.ts';
import { RUN_LINES } from '../layout.ts';
import { looseEventSchema } from '../readRun.ts';
import { openCache, shareDatabase } from './cacheDatabase.ts';

/** Reading less than this is faster than looking it up. */
const REMEMBERED_BYTES = 1 << 20;
const CHUNK_BYTES = 1 << 20;
const MARK_BYTES = 64;

/** Raise the version whenever a fold of the same events comes out otherwise. */
const LAYOUT = {
  version: 1,
  sql: 'CREATE TABLE folds(dir TEXT PRIMARY KEY, inode INTEGER, offset INTEGER, mark BLOB, fold TEXT) WITHOUT ROWID',
};

/** Takes in all events of a run, those that were taken in before from the cache. */
export async function foldEvents(dir: string, rememberedBytes = REMEMBERED_BYTES): Promise<RunFold> {
  const file = path.join(dir, RUN_LINES.events);
  return onDisk(file, async () => {
    const handle = openIfThere(file);
    if (handle === null) return newRunFold();
    let cache: DatabaseSync | null = null;
    try {
      const { size, ino } = fstatSync(handle);
      cache = size < rememberedBytes ? null : openCache('events.sqlite', LAYOUT);
      const known = cache === null ? null : knownFold(cache, path.resolve(dir), handle, { size, ino });
      const fold = known?.fold ?? newRunFold();
      const start = known?.offset ?? 0;
      const end = await takeEvents(handle, start, fold);
      if (cache !== null && end.offset > start) remember(cache, path.resolve(dir), ino, end, fold);
      return fold;
    } finally {
      closeSync(handle);
      cache?.close();
    }
  });
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/** Folds the whole lines from an offset on; tells where they end. */
async function takeEvents(
  handle: number,
  start: number,
  fold: RunFold,
): Promise<{ offset: number; mark: Buffer }> {
  let pending = Buffer.alloc(0);
  let mark = Buffer.alloc(0);
  let position = start;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(handle, chunk, 0, CHUNK_BYTES, position);
    if (count === 0) return { offset: position - pending.length, mark };
    position += count;
    const bytes = Buffer.concat([pending, chunk.subarray(0, count)]);
    const { lines, rest } = splitLines(bytes);
    for (const line of lines) {
      if (line.trim() === '') continue;
      const parsed = parseLine(line, looseEventSchema);
      if (!('row' in parsed)) continue;
      if (parsed.row === null) fold.unknownEvents += 1;
      else foldEvent(fold, parsed.row);
    }
    const taken = bytes.length - rest.length;
    if (taken > 0) mark = Buffer.from(bytes.subarray(Math.max(0, taken - MARK_BYTES), taken));
    pending = Buffer.from(rest);
    // The editor's own thread may be doing this.
    await nextTurn();
  }
}

function knownFold(
  cache: DatabaseSync,
  dir: string,
  handle: number,
  file: { size: number; ino: number },
): { offset: number; fold: RunFold } | null {
  try {
    const row = cache.prepare('SELECT inode, offset, mark, fold FROM folds WHERE dir = ?').get(dir);
    if (row === undefined || Number(row.inode) !== file.ino || !(row.mark instanceof Uint8Array)) return null;
    const offset = Number(row.offset);
    const now = Buffer.alloc(row.mark.length);
    if (offset > file.size || readSync(handle, now, 0, now.length, offset - now.length) < now.length)
      return null;
    if (!now.equals(row.mark)) return null;
    // Written by this very layout; JSON has no maps, so that one comes back as its entries.
    const fold = JSON.parse(String(row.fold)) as Omit<RunFold, 'metrics'> & {
      metrics: [string, [number, number][]][];
    };
    return { offset, fold: { ...fold, metrics: new Map(fold.metrics) } };
  } catch {
    return null;
  }
}

function remember(
  cache: DatabaseSync,
  dir: string,
  inode: number,
  end: { offset: number; mark: Buffer },
  fold: RunFold,
): void {
  try {
    const text = JSON.stringify({ ...fold, metrics: [...fold.metrics] });
    shareDatabase(cache);
    cache
      .prepare('INSERT OR REPLACE INTO folds VALUES(?, ?, ?, ?, ?)')
      .run(dir, inode, end.offset, end.mark, text);
  } catch {
    // Another process is remembering something; it is read again next time.
  }
}
