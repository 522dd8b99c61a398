/** Something short that is worked out of the text of each solution and kept with its sample: each text is read once. */
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { RUN_LINES } from '../layout.ts';
import { inTransaction } from './cacheDatabase.ts';

export interface NoteOptions {
  /** What is noted, and by which version: notes of anything else are forgotten. */
  readonly of: string;
  readonly noteOf: (text: string) => string;
  readonly signal?: AbortSignal | undefined;
  /** Called once with the bytes that have to be read, if any. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/** Problems taken at once: some thousand samples, some hundredths of a second. */
const STEP = 64;

/** Notes what is not noted yet. Aborting leaves it as far as it is. */
export async function noteSolutions(
  database: DatabaseSync,
  dir: string,
  { of, noteOf, signal, onRead }: NoteOptions,
): Promise<void> {
  forgetOthers(database, of);
  const { bytes, last } = missing(database);
  if (bytes === 0) return;
  onRead?.(bytes);
  const select = database.prepare(
    `SELECT problem, idx, offset, length FROM samples
    WHERE problem >= ? AND problem < ? AND parent < 0 AND note IS NULL`,
  );
  const update = database.prepare(
    'UPDATE samples SET note = ? WHERE problem = ? AND parent = -1 AND idx = ?',
  );
  const file = openSync(path.join(dir, RUN_LINES.solutions), 'r');
  try {
    for (let from = 0; from <= last; from += STEP) {
      signal?.throwIfAborted();
      inTransaction(database, () => {
        for (const row of select.all(from, from + STEP)) {
          const text = textAt(file, Number(row.offset), Number(row.length));
          update.run(noteOf(text), Number(row.problem), Number(row.idx));
        }
      });
      // The editor's own thread may be doing this.
      await nextTurn();
    }
  } finally {
    closeSync(file);
  }
}

function forgetOthers(database: DatabaseSync, of: string): void {
  if (database.prepare('SELECT of FROM noted').get()?.of === of) return;
  inTransaction(database, () => {
    database.exec('UPDATE samples SET note = NULL WHERE note IS NOT NULL; DELETE FROM noted');
    database.prepare('INSERT INTO noted VALUES(?)').run(of);
  });
}

function missing(database: DatabaseSync): { bytes: number; last: number } {
  const row = database
    .prepare(
      'SELECT SUM(length) AS bytes, MAX(problem) AS last FROM samples WHERE parent < 0 AND note IS NULL',
    )
    .get();
  return { bytes: Number(row?.bytes ?? 0), last: Number(row?.last ?? 0) };
}

const textSchema = z.object({ text: z.string() });

/** Empty where the line is none: reading the run tells that. */
function textAt(file: number, offset: number, length: number): string {
  const line = Buffer.allocUnsafe(length);
  const count = readSync(file, line, 0, length, offset);
  try {
    return textSchema.parse(JSON.parse(line.toString('utf8', 0, count))).text;
  } catch {
    return '';
  }
}
