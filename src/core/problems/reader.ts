/** The state of reading one set: ids seen so far, rows counted, faults reported. */
import type { AnswerMode, Problem } from '../schema/problem.ts';
import type { FieldMap } from './fields.ts';
import { readRow } from './row.ts';
import type { RowOrBreak } from './rows.ts';
import type { ProblemFault } from './types.ts';

export interface ReaderOptions {
  readonly file: string;
  readonly fields?: FieldMap;
  readonly mode?: AnswerMode;
}

/** Turns rows into problems one at a time, so that a set larger than memory can be read. */
export function createProblemReader(
  options: ReaderOptions,
  report: (fault: ProblemFault) => void,
): (row: RowOrBreak) => Problem | null {
  const stem = fileStem(options.file);
  const context = { fields: options.fields ?? {}, mode: options.mode, aimeSet: /aime/i.test(stem) };
  const seen = new Map<string, number>();
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
    for (const note of notes)
      fault(problem === null ? 'error' : 'warning', note.field, note.message, note.remedy);
    if (problem === null) return null;
    const wanted = problem.id ?? `${stem}-${count}`;
    const firstLine = seen.get(wanted);
    const id = firstLine === undefined ? wanted : freeId(wanted, seen);
    if (firstLine !== undefined) {
      fault(
        'warning',
        'id',
        `id "${wanted}" is already used in line ${firstLine}; read as "${id}"`,
        'Give each problem its own id.',
      );
    }
    seen.set(id, row.line);
    return { ...problem, id };
  };
}

function freeId(wanted: string, seen: ReadonlyMap<string, number>): string {
  for (let copy = 2; ; copy++) {
    const id = `${wanted}~${copy}`;
    if (!seen.has(id)) return id;
  }
}

/** `sets/aime24.jsonl` → `aime24`. */
export function fileStem(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.replace(/(?:\.problem)?\.[^.]+$/, '') || 'problem';
}
