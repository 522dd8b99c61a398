/**
 * The index of a run's samples: lists, filters and sums over runs that are too large to be read whole. It holds
 * nothing that the lines do not say, and can be deleted at any time.
 */
import { createHash } from 'node:crypto';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Finish, Grade, Transition, Verdict } from '../../../core/schema/common.ts';
import { type Critique, critiqueSchema, type Solution, solutionSchema } from '../../../core/schema/lines.ts';
import { cacheFolder } from '../../cacheFolder.ts';
import { onDisk } from '../diskErrors.ts';
import { type LineFault, parseLine } from '../jsonLines.ts';
import { MANIFEST_FILE, RUN_LINES } from '../layout.ts';
import { isBusy, openCache, removeCache } from './cacheDatabase.ts';
import { type FillOptions, fillIndex, type IndexedFile, IrregularRun, LAYOUT } from './fillIndex.ts';
import { type NoteOptions, noteSolutions } from './notes.ts';
import { unpackWords, wordInSql } from './packedWords.ts';
import { FINISHES, GRADES, TRANSITIONS, VERDICTS } from './scanRow.ts';

/** A sample as the index knows it: everything short. */
export interface IndexedSample {
  readonly file: IndexedFile;
  readonly id: string;
  readonly problemId: string;
  /** Of a critique's solution; null for a solution. */
  readonly solutionId: string | null;
  readonly index: number;
  readonly grade: Grade;
  readonly finish: Finish;
  readonly hasError: boolean;
  readonly tokens: number;
  readonly ms: number;
  readonly answer: string | null;
  readonly verdict: Verdict | null;
  readonly transition: Transition | null;
  /** Where its line stands in the file. */
  readonly offset: number;
  readonly length: number;
  /** What `note` worked out of a solution's text; null where it did not. */
  readonly note: string | null;
}

/** What is in a run, counted once. Only finished samples count, besides `failed`. */
export interface IndexFacts {
  readonly problems: number;
  readonly solutions: number;
  readonly critiques: number;
  readonly failed: number;
  /** Graded solutions of the problem that has the fewest. */
  readonly fewestGraded: number;
}

export interface IndexTally {
  readonly problemId: string;
  readonly solutions: number;
  readonly critiques: number;
  readonly grades: Readonly<Record<Grade, number>>;
}

export interface SampleFilter {
  readonly file?: IndexedFile;
  readonly problemId?: string;
  readonly grade?: Grade;
  readonly finish?: Finish;
}

export interface RunIndex {
  readonly dir: string;
  count(filter?: SampleFilter): number;
  /** By problem, then solution, then number. */
  list(filter: SampleFilter, page: { readonly offset: number; readonly limit: number }): IndexedSample[];
  /** All samples, those of a problem together, without holding them. */
  all(): IterableIterator<IndexedSample>;
  /** The whole line of a sample. */
  read(sample: IndexedSample): Promise<Solution | Critique>;
  facts(): IndexFacts;
  /** Works something short out of the text of each solution that has no such note yet, and keeps it. */
  note(options: NoteOptions): Promise<void>;
  /** How the solutions of each problem came out, failed ones included. */
  tallies(): IndexTally[];
  /** Lines that cannot be used, the first hundred. */
  faults(): LineFault[];
  close(): void;
}

/**
 * The index of a run, brought up to date. Null where there can be none (no SQLite in this Node, no cache directory,
 * samples with ids of another making): then the lines are to be read.
 */
export async function openRunIndex(dir: string, options: FillOptions = {}): Promise<RunIndex | null> {
  const name = await indexName(dir);
  if (name === null) return null;
  for (const isLastTry of [false, true]) {
    const database = openCache(name, LAYOUT);
    if (database === null) return null;
    try {
      await fillIndex(database, dir, options);
      return newIndex(database, dir);
    } catch (thrown) {
      closeQuietly(database);
      options.signal?.throwIfAborted();
      // A broken index is made anew, once; a run that cannot be indexed is read without one.
      if (isLastTry || isBusy(thrown) || thrown instanceof IrregularRun) return null;
      removeIndex(name);
    }
  }
  return null;
}

/** Named after the run, not only its place: a new run in an old directory has its own. */
async function indexName(dir: string): Promise<string | null> {
  try {
    const manifest = await readFile(path.join(dir, MANIFEST_FILE));
    const key = createHash('sha256')
      .update(realpathSync.native(dir))
      .update('\0')
      .update(manifest)
      .digest('hex');
    removeOldIndexes();
    return `${PREFIX}${key.slice(0, 32)}.sqlite`;
  } catch {
    return null;
  }
}

const PREFIX = 'samples-';
const KEPT_DAYS = 60;

/** Indexes that nobody has opened for long belong to runs that are gone, or are soon made again. */
function removeOldIndexes(): void {
  const dir = cacheFolder();
  try {
    for (const name of readdirSync(dir)) {
      if (!name.startsWith(PREFIX) || !name.endsWith('.sqlite')) continue;
      const file = path.join(dir, name);
      const { mtimeMs, atimeMs } = statSync(file);
      if (Date.now() - Math.max(mtimeMs, atimeMs) > KEPT_DAYS * 86_400_000) removeCache(file);
    }
  } catch {
    // The directory is made with the first index.
  }
}

function removeIndex(name: string): void {
  removeCache(path.join(cacheFolder(), name));
}

function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // It was never whole.
  }
}

const SELECTED = `SELECT problems.id, parent, idx, words, tokens, ms, answer, offset, length, note
  FROM samples JOIN problems ON problems.number = samples.problem`;
const ORDER = 'ORDER BY samples.problem, parent, idx';

function newIndex(database: DatabaseSync, dir: string): RunIndex {
  return {
    dir,
    count: (filter = {}) => {
      const { where, values } = condition(filter);
      const sql = `SELECT COUNT(*) AS n FROM samples JOIN problems ON problems.number = samples.problem ${where}`;
      return Number(database.prepare(sql).get(...values)?.n ?? 0);
    },
    list: (filter, { offset, limit }) => {
      const { where, values } = condition(filter);
      const statement = database.prepare(`${SELECTED} ${where} ${ORDER} LIMIT ? OFFSET ?`);
      statement.setReturnArrays(true);
      return [...rowsOf(statement.iterate(...values, limit, offset))];
    },
    all: () => {
      const statement = database.prepare(`${SELECTED} ${ORDER}`);
      statement.setReturnArrays(true);
      return rowsOf(statement.iterate());
    },
    read: (sample) => readSample(dir, sample),
    facts: () => factsOf(database),
    note: (options) => noteSolutions(database, dir, options),
    tallies: () => talliesOf(database),
    faults: () =>
      database
        .prepare('SELECT file, line, message FROM faults LIMIT 100')
        .all()
        .map(({ file, line, message }) => ({
          file: String(file),
          line: Number(line),
          message: String(message),
        })),
    close: () => closeQuietly(database),
  };
}

function factsOf(database: DatabaseSync): IndexFacts {
  const isFinished = `${wordInSql('finish')} < ${FINISHES.indexOf('abort')} AND ${wordInSql('hasError')} = 0`;
  const isGraded = `${wordInSql('grade')} <> ${GRADES.indexOf('undetermined')}`;
  const row = database
    .prepare(
      `SELECT COUNT(*) AS problems, SUM(solutions) AS solutions, SUM(critiques) AS critiques, SUM(failed) AS failed,
        MIN(graded) AS fewestGraded
      FROM (SELECT SUM(${isFinished} AND parent < 0) AS solutions, SUM(${isFinished} AND parent >= 0) AS critiques,
        SUM(NOT (${isFinished})) AS failed, SUM(${isFinished} AND parent < 0 AND ${isGraded}) AS graded
        FROM samples GROUP BY problem)`,
    )
    .get();
  return {
    problems: Number(row?.problems ?? 0),
    solutions: Number(row?.solutions ?? 0),
    critiques: Number(row?.critiques ?? 0),
    failed: Number(row?.failed ?? 0),
    fewestGraded: Number(row?.fewestGraded ?? 0),
  };
}

function talliesOf(database: DatabaseSync): IndexTally[] {
  const of = (grade: Grade) =>
    `SUM(parent < 0 AND ${wordInSql('grade')} = ${GRADES.indexOf(grade)}) AS ${grade}`;
  return database
    .prepare(
      `SELECT problems.id, SUM(parent < 0) AS solutions, SUM(parent >= 0) AS critiques, ${GRADES.map(of).join(', ')}
      FROM samples JOIN problems ON problems.number = samples.problem GROUP BY samples.problem`,
    )
    .all()
    .map((row) => ({
      problemId: String(row.id),
      solutions: Number(row.solutions),
      critiques: Number(row.critiques),
      grades: {
        correct: Number(row.correct),
        incorrect: Number(row.incorrect),
        undetermined: Number(row.undetermined),
      },
    }));
}

function condition({ file, problemId, grade, finish }: SampleFilter): {
  where: string;
  values: SQLInputValue[];
} {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  if (file !== undefined) parts.push(file === 'solutions' ? 'parent < 0' : 'parent >= 0');
  const equals = (column: string, value: SQLInputValue) => {
    parts.push(`${column} = ?`);
    values.push(value);
  };
  if (problemId !== undefined) equals('problems.id', problemId);
  if (grade !== undefined) equals(wordInSql('grade'), GRADES.indexOf(grade));
  if (finish !== undefined) equals(wordInSql('finish'), FINISHES.indexOf(finish));
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

/** Rows come as arrays in the order of `SELECTED`, which the types of the library do not know. */
function* rowsOf(rows: Iterable<unknown>): Generator<IndexedSample> {
  for (const row of rows as Iterable<readonly SQLOutputValue[]>) {
    const [problem, parent, idx, words, tokens, ms, answer, offset, length, note] = row;
    const { grade, finish, hasError, verdict, transition } = unpackWords(Number(words));
    const problemId = String(problem);
    const solutionId = Number(parent) < 0 ? null : `${problemId}#${parent}`;
    yield {
      file: solutionId === null ? 'solutions' : 'critiques',
      id: solutionId === null ? `${problemId}#${idx}` : `${solutionId}/${idx}`,
      problemId,
      solutionId,
      index: Number(idx),
      grade: GRADES[grade] ?? 'undetermined',
      finish: FINISHES[finish] ?? 'error',
      hasError: hasError === 1,
      tokens: Number(tokens),
      ms: Number(ms),
      answer: answer === null ? null : String(answer),
      verdict: VERDICTS[verdict] ?? null,
      transition: TRANSITIONS[transition] ?? null,
      offset: Number(offset),
      length: Number(length),
      note: note === null ? null : String(note),
    };
  }
}

async function readSample(dir: string, sample: IndexedSample): Promise<Solution | Critique> {
  const file = path.join(dir, RUN_LINES[sample.file]);
  const bytes = Buffer.alloc(sample.length);
  await onDisk(file, async () => {
    const handle = await open(file, 'r');
    try {
      await handle.read(bytes, 0, sample.length, sample.offset);
    } finally {
      await handle.close();
    }
  });
  const line = bytes.toString('utf8');
  const parsed =
    sample.file === 'solutions' ? parseLine(line, solutionSchema) : parseLine(line, critiqueSchema);
  if ('row' in parsed && parsed.row.id === sample.id) return parsed.row;
  const why = 'row' in parsed ? `it holds ${parsed.row.id}` : parsed.message;
  throw new Error(`${file} has changed: at ${sample.offset} ${sample.id} was expected, but ${why}`);
}
