/**
 * SQLite files that only hold what can be read again: never needed for a right answer, and thrown away on any doubt.
 * They lie in the user's cache directory, because SQLite on network disks corrupts.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { cacheFolder } from '../../cacheFolder.ts';

/** Another process that brings the same index up to date holds it for one part of a file only. */
const BUSY_MS = 2_000;

/**
 * Opens a cache database, made anew when it has another layout or cannot be read. Null where there can be none: a
 * Node without SQLite, no cache directory, no space. Nobody is told, because nothing but time is lost.
 */
export function openCache(name: string, layout: { version: number; sql: string }): DatabaseSync | null {
  const dir = cacheFolder();
  // Asked for at run time: older editors bring a Node without it, and a static import would end the extension.
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (sqlite === undefined) return null;
  const file = path.join(dir, name);
  for (const isLastTry of [false, true]) {
    try {
      mkdirSync(dir, { recursive: true });
      const database = new sqlite.DatabaseSync(file, { timeout: BUSY_MS });
      try {
        prepare(database, layout);
        return database;
      } catch (thrown) {
        database.close();
        throw thrown;
      }
    } catch (thrown) {
      if (isLastTry || isBusy(thrown)) return null;
      removeCache(file);
    }
  }
  return null;
}

/** Another process holds the database for longer than is worth waiting for: nothing is wrong with it. */
export function isBusy(thrown: unknown): boolean {
  const SQLITE_BUSY = 5;
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY;
}

/** Takes a cache file away, with the files that SQLite keeps beside it; leaves it where it cannot. */
export function removeCache(file: string): void {
  try {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  } catch {
    // Then the next attempt to open it fails as well, and there is no index.
  }
}

class OtherLayout extends Error {}

function prepare(database: DatabaseSync, { version, sql }: { version: number; sql: string }): void {
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000');
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (found === version) return;
  if (found !== 0) throw new OtherLayout(`layout ${found}`);
  inTransaction(database, () => {
    // Another process may have been first.
    const now = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (now === 0) database.exec(`${sql}; PRAGMA user_version = ${version}`);
  });
}

/**
 * From now on writers do not hold up readers. Not from the start: what fills an empty database goes straight into it, and
 * through such a log it would be written twice. The database stays so when it is opened again.
 */
export function shareDatabase(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA journal_mode = WAL');
  } catch (thrown) {
    // Somebody reads it just now: the next one to open it does this.
    if (!isBusy(thrown)) throw thrown;
  }
}

/** Does all of the work or nothing; waits for another writer. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (thrown) {
    database.exec('ROLLBACK');
    throw thrown;
  }
}
