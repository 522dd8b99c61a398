/** Reads problem sets from disk. */
import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import {
  createProblemReader,
  fileStem,
  formatOfFile,
  type ProblemFault,
  problemSetCanonicalText,
  type ReaderOptions,
} from '../../core/problems/index.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { ProblemSetIdentity } from '../../core/schema/run.ts';
import { readRows } from './readRows.ts';

export interface ProblemSet {
  readonly identity: ProblemSetIdentity;
  readonly problems: readonly Problem[];
  readonly faults: readonly ProblemFault[];
}

export type ReadOptions = Omit<ReaderOptions, 'file'>;

/** Text that a set may keep in memory; larger sets can be scanned, linted and imported. Characters. */
const MAX_KEPT = 400_000_000;

/** Reads a problem set whole. Throws a `UserError` when the file cannot be read or holds no usable row. */
export async function readProblemSet(
  file: string,
  signal?: AbortSignal,
  options: ReadOptions = {},
): Promise<ProblemSet> {
  const problems: Problem[] = [];
  const faults: ProblemFault[] = [];
  let kept = 0;
  for await (const item of scanProblems(file, signal, options)) {
    if ('fault' in item) {
      faults.push(item.fault);
      continue;
    }
    problems.push(item.problem);
    kept += item.problem.problem.length + (item.problem.solution?.length ?? 0);
    if (kept > MAX_KEPT) throw tooLarge(file);
  }
  if (problems.length === 0) throw noUsableRow(file, faults);
  return { identity: identifyProblems(fileStem(file), file, problems), problems, faults };
}

/** Problems and faults one at a time, in the order of the file. */
export async function* scanProblems(
  file: string,
  signal?: AbortSignal,
  options: ReadOptions = {},
): AsyncGenerator<{ readonly problem: Problem; readonly line: number } | { readonly fault: ProblemFault }> {
  const format = formatOfFile(file);
  if (format === null) {
    throw new UserError('problem-format', 'the name tells no format of problems', {
      place: { file },
      remedy: 'Name it .jsonl, .json, .csv, .parquet or .problem.md.',
    });
  }
  const pending: ProblemFault[] = [];
  const read = createProblemReader({ ...options, file }, (fault) => pending.push(fault));
  for await (const row of readRows(file, format, signal)) {
    const problem = read(row);
    for (const fault of pending.splice(0)) yield { fault };
    if (problem !== null) yield { problem, line: row.line };
  }
}

/** Name and content hash of a set, as recorded in a run. */
export function identifyProblems(
  name: string,
  file: string | null,
  problems: readonly Problem[],
): ProblemSetIdentity {
  const sha256 = createHash('sha256').update(problemSetCanonicalText(problems)).digest('hex');
  return { name, path: file, sha256, count: problems.length };
}

function tooLarge(file: string): UserError {
  return new UserError('problem-set-too-large', 'the set has more than 400 million characters of text', {
    place: { file },
    remedy: 'Take a part of it, for example: head -n 10000 FILE > PART.jsonl.',
  });
}

/** What to throw when a file holds no problem. */
export function noUsableRow(file: string, faults: readonly ProblemFault[]): UserError {
  const first = faults.find((fault) => fault.severity === 'error');
  const why =
    first === undefined ? 'the file holds no problem' : `no row can be used; the first: ${first.message}`;
  return new UserError('problem-set-empty', why, {
    place: {
      file,
      ...(first?.line == null ? {} : { line: first.line }),
      ...(first?.field == null ? {} : { field: first.field }),
    },
    remedy: first?.remedy ?? 'Write one JSON object with "problem" and "answer" a line.',
  });
}
