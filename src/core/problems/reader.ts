/** The state of reading one set: ids seen so far, rows counted, faults reported. */
import type { AnswerMode, Problem } from '../schema/problem.ts';
import type { FieldMap } from './fields.ts';
import { hashWords } from './hashWords.ts';
import { createOccurrences } from './occurrences.ts';
import { readRow } from './row.ts';
import type { RowOrBreak } from './rows.ts';
import type { ProblemFault } from './types.ts';

export interface ReaderOptions {
  readonly file: string;
  readonly fields?: FieldMap;
  readonly mode?: AnswerMode;
  readonly shuffleSeed?: number;
}

/** Turns rows into problems one at a time, so that a set larger than memory can be read. */
export function createProblemReader(
  options: ReaderOptions,
  report: (fault: ProblemFault) => void,
): (row: RowOrBreak) => Problem | null {
  const stem = fileStem(options.file);
  const context = {
    fields: options.fields ?? {},
    mode: options.mode,
    aimeSet: /aime/i.test(stem),
    shuffleSeed: options.shuffleSeed ?? 0,
  };
  const ids = createIds();
  let count = 0;
  return (row) => {
    count++;
    const fault = (
      severity: ProblemFault['severity'],
      field: string | null,
      message: string,
      remedy: string,
    ) => report({ file: options.file, line: row.line, field, severity, message, remedy });
    if ('message' in row) {
      fault('error', null, row.message, row.remedy);
      return null;
    }
    const { problem, notes } = readRow(row.values, context);
    for (const note of notes) {
      fault(problem === null ? 'error' : 'warning', note.field, note.message, note.remedy);
    }
    if (problem === null) return null;
    const wanted = problem.id ?? `${stem}-${count}`;
    const { id, firstLine } = ids.take(wanted, row.line);
    if (firstLine !== null) {
      const message = `id "${wanted}" is already used in line ${firstLine}; read as "${id}"`;
      fault('warning', 'id', message, 'Give each problem its own id.');
    }
    return { ...problem, id };
  };
}

/** Ids that are held as they are, so that no two are ever taken for one. */
const HELD = 100_000;

/** The line where each id was first used. Of very many ids only hashes are held, so that memory stays flat. */
function createFirstLines() {
  const held = new Map<string, number>();
  const hashed = createOccurrences();
  const get = (id: string) =>
    held.get(id) ?? (hashed.size === 0 ? undefined : hashed.owners(hashWords([id]))[0]);
  return {
    get,
    has: (id: string) => get(id) !== undefined,
    set(id: string, line: number) {
      if (held.size < HELD) held.set(id, line);
      else hashed.add(hashWords([id]), line);
    },
  };
}

/** Hands out ids: the second problem with an id gets `id~2`, for samples are filed under it. */
function createIds() {
  const firstLines = createFirstLines();
  const copies = new Map<string, number>();
  return {
    take(wanted: string, line: number): { id: string; firstLine: number | null } {
      const firstLine = firstLines.get(wanted) ?? null;
      let id = wanted;
      if (firstLine !== null) {
        let copy = copies.get(wanted) ?? 1;
        while (firstLines.has(id)) id = `${wanted}~${++copy}`;
        copies.set(wanted, copy);
      }
      firstLines.set(id, line);
      return { id, firstLine };
    },
  };
}

/** `sets/aime24.jsonl` → `aime24`. */
export function fileStem(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.replace(/(?:\.problem)?\.[^.]+$/, '') || 'problem';
}
