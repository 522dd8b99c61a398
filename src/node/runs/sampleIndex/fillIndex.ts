/** Bringing the index of a run up to date: reads what was appended since, in parts that are whole by themselves. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Critique, critiqueSchema, type Solution, solutionSchema } from '../../../core/schema/lines.ts';
import { errorCode } from '../diskErrors.ts';
import { parseLine } from '../jsonLines.ts';
import { RUN_LINES } from '../layout.ts';
import { inTransaction, shareDatabase } from './cacheDatabase.ts';
import { packWords } from './packedWords.ts';
import {
  FINISHES,
  GRADES,
  type ScannedRow,
  scanCritique,
  scanSolution,
  TRANSITIONS,
  VERDICTS,
} from './scanRow.ts';

export type IndexedFile = 'solutions' | 'critiques';
export const INDEXED_FILES: readonly IndexedFile[] = ['solutions', 'critiques'];

/** Raise the version with every change: an index of another layout is made anew. */
export const LAYOUT = {
  version: 4,
  sql: `
    CREATE TABLE files(name TEXT PRIMARY KEY, inode INTEGER, offset INTEGER, lines INTEGER, mark BLOB) WITHOUT ROWID;
    CREATE TABLE problems(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
    CREATE TABLE samples(problem INTEGER, parent INTEGER, idx INTEGER, words INTEGER, tokens INTEGER, ms REAL, answer TEXT,
      offset INTEGER, length INTEGER, note TEXT, PRIMARY KEY(problem, parent, idx)) WITHOUT ROWID;
    CREATE TABLE noted(of TEXT);
    CREATE TABLE faults(file TEXT, line INTEGER, message TEXT)`,
};

/** Ids that are not made of problem and number: the index cannot name such samples, and is not used. */
export class IrregularRun extends Error {}

/** Bytes taken in by one transaction: about a tenth of a second of work. */
const PART_BYTES = 16 << 20;
/** Bytes read at once. Fresh memory costs more than reading a file does, so little of it is filled again and again. */
const CHUNK_BYTES = 1 << 20;
const MARK_BYTES = 64;

export interface FillOptions {
  readonly signal?: AbortSignal;
  /** Called once, before the first bytes, with how many there are; not when the index is up to date. */
  readonly onFill?: (bytes: number) => void;
}

/** Takes in what the index does not have yet. Aborting leaves it as far as it is. */
export async function fillIndex(
  database: DatabaseSync,
  dir: string,
  { signal, onFill }: FillOptions = {},
): Promise<void> {
  if (onFill !== undefined) {
    const missing = missingBytes(database, dir);
    if (missing > 0) onFill(missing);
  }
  const filler = newFiller(database);
  for (let restarts = 0; ; restarts += 1) {
    const isWhole = await fillOnce(database, filler, dir, signal);
    if (isWhole) {
      shareDatabase(database);
      return;
    }
    if (restarts === MOST_RESTARTS) throw new Error('the files of the run keep changing');
  }
}

const MOST_RESTARTS = 3;

function missingBytes(database: DatabaseSync, dir: string): number {
  const known = database.prepare('SELECT offset FROM files WHERE name = ?');
  const missing = INDEXED_FILES.map((name) => {
    const size = statSync(path.join(dir, RUN_LINES[name]), { throwIfNoEntry: false })?.size ?? 0;
    return Math.max(0, size - Number(known.get(name)?.offset ?? 0));
  });
  return missing.reduce((sum, bytes) => sum + bytes, 0);
}

/** False: a file was cut or replaced, and what had been taken in was forgotten. */
async function fillOnce(
  database: DatabaseSync,
  filler: Filler,
  dir: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const name of INDEXED_FILES) {
    const file = path.join(dir, RUN_LINES[name]);
    const handle = openIfThere(file);
    try {
      for (let step: Step = 'more'; step === 'more'; ) {
        signal?.throwIfAborted();
        step = inTransaction(database, () => filler.takePart(name, file, handle));
        if (step === 'changed') return false;
        // The editor's own thread may be doing this.
        await nextTurn();
      }
    } finally {
      if (handle !== null) closeSync(handle);
    }
  }
  return true;
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

type Step = 'more' | 'end' | 'changed';

interface Filler {
  /** Takes in one part of a file. */
  takePart(name: IndexedFile, file: string, handle: number | null): Step;
}

function newFiller(database: DatabaseSync): Filler {
  const insert = batchInsert(database);
  const numbers = new Map<string, number>();
  const numberOf = problemNumbers(database, numbers);
  const addFault = database.prepare('INSERT INTO faults VALUES(?, ?, ?)');
  const knownFile = database.prepare('SELECT inode, offset, lines, mark FROM files WHERE name = ?');
  const setFile = database.prepare('INSERT OR REPLACE INTO files VALUES(?, ?, ?, ?, ?)');
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);

  const reset = () => {
    database.exec('DELETE FROM samples; DELETE FROM faults; DELETE FROM files; DELETE FROM problems');
    numbers.clear();
  };

  /** Takes in the lines of the buffer, which begins at this offset; gives where the last whole one ends. */
  const takeLines = (name: IndexedFile, file: string, filled: number, at: Place): number => {
    const critiques = name === 'critiques';
    const scan = critiques ? scanCritique : scanSolution;
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end >= 0 && end < filled; end = buffer.indexOf(NEWLINE, start)) {
      at.lines += 1;
      const row = scan(buffer, start, end) ?? parseRow(buffer.toString('utf8', start, end), critiques);
      if (row !== null && 'problemId' in row) {
        insert.add(row, numberOf(row.problemId), at.offset + start, end - start);
      } else if (row !== null) addFault.run(file, at.lines, row.message);
      start = end + 1;
    }
    return start;
  };

  return {
    takePart: (name, file, handle) => {
      const known = knownFile.get(name);
      const stat = handle === null ? null : fstatSync(handle);
      if (known !== undefined && !isSameFile(handle, stat, known)) {
        reset();
        return 'changed';
      }
      const at: Place = { offset: Number(known?.offset ?? 0), lines: Number(known?.lines ?? 0) };
      const partStart = at.offset;
      if (handle === null || stat === null) return 'end';
      let mark = Buffer.alloc(0);
      while (at.offset < stat.size && at.offset - partStart < PART_BYTES) {
        const filled = readFully(handle, buffer, 0, at.offset);
        const taken = takeLines(name, file, filled, at);
        if (taken === 0 && filled < buffer.length) break;
        // A line that is longer than the buffer, else.
        if (taken === 0) buffer = Buffer.allocUnsafe(2 * buffer.length);
        else mark = Buffer.from(buffer.subarray(Math.max(0, taken - MARK_BYTES), taken));
        at.offset += taken;
      }
      if (at.offset === partStart) return 'end';
      insert.flush();
      setFile.run(name, stat.ino, at.offset, at.lines, mark);
      return at.offset - partStart < PART_BYTES ? 'end' : 'more';
    },
  };
}

/** How far a file is taken in. */
interface Place {
  offset: number;
  lines: number;
}

const NEWLINE = 0x0a;

function isSameFile(
  handle: number | null,
  stat: { ino: number; size: number } | null,
  known: { inode?: unknown; offset?: unknown; mark?: unknown },
): boolean {
  const offset = Number(known.offset);
  if (handle === null || stat === null || stat.ino !== Number(known.inode) || stat.size < offset)
    return false;
  if (!(known.mark instanceof Uint8Array)) return false;
  const now = Buffer.alloc(known.mark.length);
  return readFully(handle, now, 0, offset - now.length) === now.length && now.equals(known.mark);
}

function readFully(handle: number, buffer: Buffer, from: number, position: number): number {
  let filled = 0;
  while (from + filled < buffer.length) {
    const count = readSync(handle, buffer, from + filled, buffer.length - from - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** A line that is not as the workbench writes them. Null: an empty one. */
function parseRow(line: string, isCritique: boolean): ScannedRow | { message: string } | null {
  if (line.trim() === '') return null;
  if (!isCritique) {
    const parsed = parseLine(line, solutionSchema);
    if ('message' in parsed) return parsed;
    const { id, problemId, index } = parsed.row;
    if (id !== `${problemId}#${index}`) throw new IrregularRun(id);
    return { ...shared(parsed.row), parent: -1, verdict: -1, transition: -1 };
  }
  const parsed = parseLine(line, critiqueSchema);
  if ('message' in parsed) return parsed;
  const { id, problemId, solutionId, index, verdict, transition } = parsed.row;
  const parent = Number(/#(\d+)$/.exec(solutionId)?.[1] ?? -1);
  if (solutionId !== `${problemId}#${parent}` || id !== `${solutionId}/${index}`) throw new IrregularRun(id);
  return {
    ...shared(parsed.row),
    parent,
    verdict: VERDICTS.indexOf(verdict),
    transition: transition === null ? -1 : TRANSITIONS.indexOf(transition),
  };
}

function shared(row: Solution | Critique) {
  const { problemId, index, tokens, ms, answer } = row;
  return {
    ...{ problemId, index, tokens, ms, answer },
    finish: FINISHES.indexOf(row.finish),
    grade: GRADES.indexOf(row.grade),
    hasError: row.error === undefined ? 0 : 1,
  };
}

function problemNumbers(database: DatabaseSync, numbers: Map<string, number>): (id: string) => number {
  const find = database.prepare('SELECT number FROM problems WHERE id = ?');
  const add = database.prepare('INSERT INTO problems(id) VALUES(?)');
  return (id) => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    const number = Number(find.get(id)?.number ?? add.run(id).lastInsertRowid);
    numbers.set(id, number);
    return number;
  };
}

/** All but the note, which comes later. */
const COLUMNS = 9;
/** One statement for many rows: calls cost more than rows. */
const BATCH = 128;

function batchInsert(database: DatabaseSync) {
  const prepare = (rows: number): StatementSync => {
    const one = `(${Array(COLUMNS).fill('?').join(',')}, NULL)`;
    return database.prepare(`INSERT OR REPLACE INTO samples VALUES ${Array(rows).fill(one).join(',')}`);
  };
  const many = prepare(BATCH);
  const single = prepare(1);
  const values: SQLInputValue[] = new Array(BATCH * COLUMNS).fill(null);
  let used = 0;
  const bind = (value: SQLInputValue) => {
    values[used] = value;
    used += 1;
  };
  return {
    add: (row: ScannedRow, problem: number, offset: number, length: number) => {
      bind(problem);
      bind(row.parent);
      bind(row.index);
      bind(packWords(row));
      bind(row.tokens);
      bind(row.ms);
      bind(row.answer);
      bind(offset);
      bind(length);
      if (used < values.length) return;
      many.run(...values);
      used = 0;
    },
    flush: () => {
      for (let at = 0; at < used; at += COLUMNS) single.run(...values.slice(at, at + COLUMNS));
      used = 0;
    },
  };
}
