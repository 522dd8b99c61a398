/**
 * Appending to a run directory. One `write` call for each line, so that a crash of this process loses no finished
 * line and tears at most the last one. Against a crash of the whole machine the files are synced to the disk once a
 * second while lines come, and at the end: a power cut costs at most about a second of samples, which resuming makes
 * again. Syncing each line would cost more than small models need to generate it.
 */
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../../core/errors.ts';
import type { RunEvent } from '../../core/schema/event.ts';
import type { Critique, Dropped, Solution } from '../../core/schema/lines.ts';
import { diskError, errorCode, onDisk } from './diskErrors.ts';
import { MANIFEST_FILE, RUN_LINES } from './layout.ts';
import { repairTornLine } from './tornLine.ts';
import { lockRun, type WriterLock } from './writerLock.ts';

const SYNC_EVERY_MS = 1_000;

/** Rows of the files that the writing process owns. `reviews.jsonl` belongs to people: see `appendReview`. */
export interface WrittenLines {
  solutions: Solution;
  critiques: Critique;
  dropped: Dropped;
  events: RunEvent;
}

export interface RunWriter {
  readonly dir: string;
  /** Resolves when the line is written. After a failure every later call is refused: the disk is not to be trusted. */
  append<Name extends keyof WrittenLines>(name: Name, row: WrittenLines[Name]): Promise<void>;
  /** Syncs, closes and gives the lock back. */
  close(): Promise<void>;
}

/** Locks the run directory, mends lines torn by a crash (noted in `events.jsonl`), and opens it for appending. */
export async function openRunWriter(dir: string): Promise<RunWriter> {
  const lock = await lockRun(dir);
  const files = new Map<keyof WrittenLines, OpenFile>();
  try {
    const notes = await repairAll(dir);
    const writer = newWriter(dir, lock, files);
    for (const message of notes) {
      await writer.append('events', { type: 'log', t: Date.now() / 1000, level: 'warning', message });
    }
    return writer;
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

async function repairAll(dir: string): Promise<string[]> {
  const notes: string[] = [];
  for (const name of Object.values(RUN_LINES)) {
    const file = path.join(dir, name);
    const note = await onDisk(file, () => repairTornLine(file));
    if (note !== null) notes.push(`${name}: ${note}`);
  }
  return notes;
}

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes of whole lines. */
  size: number;
  isDirty: boolean;
}

function newWriter(dir: string, lock: WriterLock, files: Map<keyof WrittenLines, OpenFile>): RunWriter {
  let queue: Promise<void> = Promise.resolve();
  let failure: unknown = null;
  let isClosed = false;
  let syncTimer: NodeJS.Timeout | null = null;

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    const result = queue.then(async () => {
      if (failure !== null) throw failure;
      try {
        await work();
      } catch (thrown) {
        failure = thrown;
        throw thrown;
      }
    });
    queue = result.catch(() => undefined);
    return result;
  };
  const sync = async () => {
    for (const file of files.values()) {
      if (!file.isDirty) continue;
      file.isDirty = false;
      await onDisk(file.path, () => file.handle.datasync());
    }
  };
  const syncSoon = () => {
    if (syncTimer !== null || isClosed) return;
    syncTimer = setTimeout(() => {
      syncTimer = null;
      enqueue(sync).catch(() => undefined);
    }, SYNC_EVERY_MS);
    syncTimer.unref();
  };

  return {
    dir,
    append: (name, row) =>
      enqueue(async () => {
        if (isClosed) throw new Error(`the run writer of ${dir} is closed`);
        const lost = lock.lostReason();
        if (lost !== null) throw lockLost(dir, lost);
        const file = files.get(name) ?? (await openLines(dir, name));
        files.set(name, file);
        await writeLine(file, Buffer.from(`${JSON.stringify(row)}\n`));
        syncSoon();
      }),
    close: async () => {
      if (isClosed) return;
      await enqueue(sync).catch(() => undefined);
      isClosed = true;
      if (syncTimer !== null) clearTimeout(syncTimer);
      for (const file of files.values()) await file.handle.close().catch(() => undefined);
      await lock.release();
    },
  };
}

async function openLines(dir: string, name: keyof WrittenLines): Promise<OpenFile> {
  const file = path.join(dir, RUN_LINES[name]);
  const handle = await onDisk(file, () => open(file, 'a'));
  return { path: file, handle, size: (await handle.stat()).size, isDirty: false };
}

/** Writes a line whole, or takes back the part that went through. */
async function writeLine(file: OpenFile, line: Buffer): Promise<void> {
  try {
    for (let written = 0; written < line.length; ) {
      written += (await file.handle.write(line, written)).bytesWritten;
    }
    // An open file of a deleted directory takes every write and keeps none.
    if ((await file.handle.stat()).nlink === 0) {
      throw Object.assign(new Error('the file was deleted'), { code: 'ENOENT' });
    }
  } catch (thrown) {
    await file.handle.truncate(file.size).catch(() => undefined);
    throw diskError(file.path, thrown);
  }
  file.size += line.length;
  file.isDirty = true;
}

function lockLost(dir: string, reason: Error): UserError {
  const isGone = errorCode(reason) === 'ENOENT';
  return new UserError(
    isGone ? 'directory-gone' : 'lock-lost',
    isGone
      ? 'The run directory was deleted while it was written.'
      : `The run was taken over: ${messageOf(reason)}.`,
    { place: { file: path.join(dir, MANIFEST_FILE) }, remedy: 'Resume the run: finished samples are kept.' },
  );
}
