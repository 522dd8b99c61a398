/** One writer at a time for each run directory. */
import { readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { errorCode, onDisk } from './diskErrors.ts';
import { isWriterAlive, ownProcessStart } from './processAlive.ts';

/** A lock of a machine that cannot be asked counts as left behind when it was not renewed for this long. */
const STALE_MS = 30_000;
/** Held for milliseconds, so that one left behind by a crash is soon taken over. */
const GUARD_STALE_MS = 2_000;

const ownerSchema = z.object({ pid: z.int(), processStart: z.number().nullable(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

export interface WriterLock {
  /** Set when the lock was lost, for example because the directory was deleted or the machine slept. */
  readonly lostReason: () => Error | null;
  release(): Promise<void>;
}

/**
 * Takes the lock of a run directory. One left by a process of this machine that is gone is taken over at once; one
 * left by another machine once it is stale. Acquiring stands under a second, short lock: otherwise two processes
 * could both find the same dead owner, and one would remove the lock that the other has just taken.
 */
export async function lockRun(dir: string): Promise<WriterLock> {
  const guard = await onDisk(dir, () =>
    lockfile.lock(path.resolve(dir, 'guard'), {
      realpath: false,
      stale: GUARD_STALE_MS,
      retries: { retries: 60, minTimeout: 50, maxTimeout: 150 },
      onCompromised: () => undefined,
    }),
  ).catch((thrown: unknown) => Promise.reject(isLocked(thrown) ? inUse(dir, null) : thrown));
  try {
    return await lockUnderGuard(dir);
  } finally {
    await guard().catch(() => undefined);
  }
}

async function lockUnderGuard(dir: string): Promise<WriterLock> {
  const locked = path.resolve(dir, 'writer');
  const ownerPath = path.join(dir, 'writer.json');
  let lost: Error | null = null;
  const take = () =>
    lockfile.lock(locked, {
      realpath: false,
      stale: STALE_MS,
      onCompromised: (reason) => {
        lost = reason;
      },
    });
  const release = await onDisk(dir, take).catch(async (thrown: unknown) => {
    if (!isLocked(thrown)) throw thrown;
    // Without an owner the holder died before it could sign: nobody else stands under the guard.
    const owner = await readOwner(ownerPath);
    if (owner !== null && (await isWriterAlive(owner)) !== false) throw inUse(dir, owner);
    await rm(`${locked}.lock`, { recursive: true, force: true });
    return onDisk(dir, take);
  });
  const owner: Owner = { pid: process.pid, processStart: await ownProcessStart(), host: os.hostname() };
  await onDisk(ownerPath, () => writeFileAtomic(ownerPath, `${JSON.stringify(owner)}\n`));
  return { lostReason: () => lost, release: () => release().catch(() => undefined) };
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

function isLocked(thrown: unknown): boolean {
  return errorCode(thrown) === 'ELOCKED';
}

function inUse(dir: string, owner: Owner | null): UserError {
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new UserError('run-in-use', `The run is being written by ${who}.`, {
    place: { file: dir },
    remedy: 'Wait for it to end or stop it, then resume.',
  });
}
