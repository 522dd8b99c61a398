/** What runs amount to, remembered for as long as nothing that it was worked out from changes. */
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { cacheFolder } from '../cacheFolder.ts';
import { isBusy, openCache, removeCache, shareDatabase } from '../runs/sampleIndex/cacheDatabase.ts';

/** A question about a run, and all that the answer depends on. */
export interface SummaryKey {
  readonly dir: string;
  readonly asked: string;
  /** An answer is kept for the newest state only. */
  readonly state: string;
}

const FILE = 'summaries.sqlite';
const LAYOUT = {
  version: 1,
  sql: `CREATE TABLE summaries(dir TEXT, asked TEXT, state TEXT, found TEXT, made INTEGER, PRIMARY KEY(dir, asked))
    WITHOUT ROWID`,
};
const KEPT_MS = 60 * 86_400_000;

/** What was remembered for just this state; null where nothing was. */
export function recallSummary({ dir, asked, state }: SummaryKey): unknown {
  return withCache((cache) => {
    const row = cache
      .prepare('SELECT found FROM summaries WHERE dir = ? AND asked = ? AND state = ?')
      .get(dir, asked, state);
    return row === undefined ? null : JSON.parse(String(row.found));
  });
}

export function rememberSummary({ dir, asked, state }: SummaryKey, found: object): void {
  withCache((cache) => {
    shareDatabase(cache);
    cache.prepare('DELETE FROM summaries WHERE made < ?').run(Date.now() - KEPT_MS);
    cache
      .prepare('INSERT OR REPLACE INTO summaries VALUES(?, ?, ?, ?, ?)')
      .run(dir, asked, state, JSON.stringify(found), Date.now());
  });
}

/** Null where there is no cache, another process holds it for long, or it is broken: then it is thrown away. */
function withCache<T>(work: (cache: DatabaseSync) => T): T | null {
  const cache = openCache(FILE, LAYOUT);
  if (cache === null) return null;
  try {
    return work(cache);
  } catch (thrown) {
    if (!isBusy(thrown)) removeCache(path.join(cacheFolder(), FILE));
    return null;
  } finally {
    cache.close();
  }
}
