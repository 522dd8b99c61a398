/** Following a run while it is written: the editor, `watch` and the tests share this one reader. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { RunEvent } from '../../core/schema/event.ts';
import {
  type Critique,
  critiqueSchema,
  type Dropped,
  droppedSchema,
  type Review,
  reviewSchema,
  type Solution,
  solutionSchema,
} from '../../core/schema/lines.ts';
import { errorCode, onDisk } from './diskErrors.ts';
import { type LineFault, parseLine, splitLines } from './jsonLines.ts';
import { RUN_LINES } from './layout.ts';
import { looseEventSchema } from './readRun.ts';

type FollowedFile = 'solutions' | 'critiques' | 'dropped' | 'reviews' | 'events';

/** What was written since the last delta. The first one holds all that is there. */
export interface RunDelta {
  readonly solutions: readonly Solution[];
  readonly critiques: readonly Critique[];
  readonly dropped: readonly Dropped[];
  readonly reviews: readonly Review[];
  readonly events: readonly RunEvent[];
  readonly unknownEvents: number;
  readonly faults: readonly LineFault[];
  /** Files that were cut or replaced: forget their rows, the delta holds them anew. */
  readonly reset: readonly FollowedFile[];
  /** More is there already: a view may wait for the last part before it draws. */
  readonly hasMore: boolean;
}

export interface TailOptions {
  readonly signal: AbortSignal;
  /** Sizes are asked for this often: watching files is unreliable on network, WSL and remote disks. */
  readonly pollMs?: number;
  /** What is read; by default everything. Samples of a large run are not read to know how it goes. */
  readonly files?: readonly FollowedFile[];
}

/**
 * Follows a run directory until the signal aborts. The first delta comes at once, even when it is empty; later ones
 * only when something was written. Files that do not exist yet are waited for.
 */
export async function* tailRun(dir: string, options: TailOptions): AsyncGenerator<RunDelta> {
  const follow = <T>(file: FollowedFile, schema: z.ZodType<T>) =>
    newFollower(path.join(dir, RUN_LINES[file]), schema);
  const followers = {
    solutions: follow('solutions', solutionSchema),
    critiques: follow('critiques', critiqueSchema),
    dropped: follow('dropped', droppedSchema),
    reviews: follow('reviews', reviewSchema),
    events: follow('events', looseEventSchema),
  };
  const newRows = <T>(file: FollowedFile, follower: Follower<T>): NewRows<T> | Promise<NewRows<T>> =>
    (options.files?.includes(file) ?? true) ? readNew(follower) : NOTHING;
  for (let isFirst = true; !options.signal.aborted; isFirst = false) {
    const [solutions, critiques, dropped, reviews, events] = await Promise.all([
      newRows('solutions', followers.solutions),
      newRows('critiques', followers.critiques),
      newRows('dropped', followers.dropped),
      newRows('reviews', followers.reviews),
      newRows('events', followers.events),
    ]);
    const parts = { solutions, critiques, dropped, reviews, events };
    const all = Object.values(parts);
    const hasMore = all.some((part) => part.hasMore);
    if (isFirst || all.some((part) => part.rows.length > 0 || part.faults.length > 0 || part.isReset)) {
      const known = events.rows.filter((event) => event !== null);
      yield {
        solutions: solutions.rows,
        critiques: critiques.rows,
        dropped: dropped.rows,
        reviews: reviews.rows,
        events: known,
        unknownEvents: events.rows.length - known.length,
        faults: all.flatMap((part) => part.faults),
        reset: fileNames.filter((name) => parts[name].isReset),
        hasMore,
      };
    }
    if (!hasMore) await pause(options.pollMs ?? 500, options.signal);
  }
}

const fileNames: readonly FollowedFile[] = ['solutions', 'critiques', 'dropped', 'reviews', 'events'];

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
  });
}

/** How far one file was read. Only whole lines are taken, so that no character is ever cut in two. */
interface Follower<T> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** Bytes taken in: always the start of a line. */
  offset: number;
  /** Size at the last look: nothing is read again while an unfinished line stands still. */
  seenSize: number;
  lines: number;
  /** Identity of the file on its disk, to notice that it was replaced. */
  inode: number | null;
  /** The last bytes before `offset`, to notice that the file was cut and has grown again between two looks. */
  fingerprint: Buffer;
}

function newFollower<T>(file: string, schema: z.ZodType<T>): Follower<T> {
  return { file, schema, offset: 0, seenSize: 0, lines: 0, inode: null, fingerprint: Buffer.alloc(0) };
}

interface NewRows<T> {
  readonly rows: T[];
  readonly faults: LineFault[];
  readonly isReset: boolean;
  readonly hasMore: boolean;
}

const NOTHING: NewRows<never> = { rows: [], faults: [], isReset: false, hasMore: false };

/** Read at most this much in one go, so that a reader of a large run sees the first rows early. */
const CHUNK_BYTES = 4 << 20;
const FINGERPRINT_BYTES = 64;

async function readNew<T>(follower: Follower<T>): Promise<NewRows<T>> {
  const entry = await statOrNull(follower.file);
  const wasRead = follower.offset > 0 || follower.lines > 0;
  if (entry === null) {
    if (wasRead) restart(follower);
    return { rows: [], faults: [], isReset: wasRead, hasMore: false };
  }
  const isReplaced = follower.inode !== null && follower.inode !== entry.ino;
  let isReset = wasRead && (isReplaced || entry.size < follower.offset);
  if (!isReset && entry.size === follower.seenSize && follower.inode === entry.ino) {
    return { rows: [], faults: [], isReset: false, hasMore: false };
  }
  const handle = await onDisk(follower.file, () => open(follower.file, 'r'));
  try {
    if (!isReset && wasRead && !(await isSameFile(handle, follower))) isReset = true;
    if (isReset) restart(follower);
    follower.inode = entry.ino;
    const start = follower.offset;
    const chunk = await readBytes(handle, start, CHUNK_BYTES);
    const bytes = await withWholeLine(handle, start, chunk);
    const hasMore = start + bytes.length < entry.size;
    follower.seenSize = start + bytes.length;
    return { ...takeLines(follower, bytes), isReset, hasMore };
  } finally {
    await handle.close();
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

function restart(follower: Follower<unknown>): void {
  follower.offset = 0;
  follower.seenSize = 0;
  follower.lines = 0;
  follower.inode = null;
  follower.fingerprint = Buffer.alloc(0);
}

async function isSameFile(handle: Handle, follower: Follower<unknown>): Promise<boolean> {
  const { fingerprint, offset } = follower;
  return fingerprint.equals(await readBytes(handle, offset - fingerprint.length, fingerprint.length));
}

async function readBytes(handle: Handle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** A line longer than a chunk: reads on until it ends or the file does. */
async function withWholeLine(handle: Handle, position: number, bytes: Buffer): Promise<Buffer> {
  let all = bytes;
  while (all.length >= CHUNK_BYTES && !all.includes(0x0a)) {
    const more = await readBytes(handle, position + all.length, CHUNK_BYTES);
    if (more.length === 0) break;
    all = Buffer.concat([all, more]);
  }
  return all;
}

function takeLines<T>(follower: Follower<T>, bytes: Buffer): { rows: T[]; faults: LineFault[] } {
  const { lines, rest } = splitLines(bytes);
  const taken = bytes.length - rest.length;
  const rows: T[] = [];
  const faults: LineFault[] = [];
  for (const line of lines) {
    follower.lines += 1;
    if (line.trim() === '') continue;
    const parsed = parseLine(line, follower.schema);
    if ('row' in parsed) rows.push(parsed.row);
    else faults.push({ file: follower.file, line: follower.lines, message: parsed.message });
  }
  follower.offset += taken;
  if (taken > 0)
    follower.fingerprint = Buffer.from(bytes.subarray(Math.max(0, taken - FINGERPRINT_BYTES), taken));
  return { rows, faults };
}

async function statOrNull(file: string): Promise<{ size: number; ino: number } | null> {
  try {
    return await stat(file);
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return null;
    return onDisk(file, () => Promise.reject(thrown));
  }
}
