/** Reads problem sets from disk. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, UserError } from '../../core/errors.ts';
import type { ParseProblemsOptions, ProblemFault } from '../../core/problems/index.ts';
import { fileStem, formatOfFile, parseProblems, problemSetCanonicalText } from '../../core/problems/index.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { ProblemSetIdentity } from '../../core/schema/run.ts';

export interface ProblemSet {
  readonly identity: ProblemSetIdentity;
  readonly problems: readonly Problem[];
  readonly faults: readonly ProblemFault[];
}

/** Reads a problem set. Throws a `UserError` when the file cannot be read or holds no usable row. */
export async function readProblemSet(
  file: string,
  signal?: AbortSignal,
  options: Pick<ParseProblemsOptions, 'fields' | 'mode'> = {},
): Promise<ProblemSet> {
  const format = formatOfFile(file);
  if (format === null || format === 'parquet') {
    throw new UserError('problem-format', `"${file}" is not a problem file`, {
      place: { file },
      remedy: 'Use .jsonl, .json, .csv, .parquet or .problem.md.',
    });
  }
  const text = decodeUtf8(await readBytes(file, signal), file);
  const { problems, faults } = parseProblems(text, { ...options, file, format });
  if (problems.length === 0) throw noUsableRow(file, faults);
  return { identity: identifyProblems(fileStem(file), file, problems), problems, faults };
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

async function readBytes(file: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(file, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UserError('problem-file-unreadable', `cannot read the problem file: ${messageOf(error)}`, {
      place: { file },
      remedy: 'Check the path and the permissions.',
      cause: error,
    });
  }
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError('problem-file-encoding', 'the file is not UTF-8 text', {
      place: { file },
      remedy: 'Save it as UTF-8, for example with: iconv -t utf-8.',
      cause: error,
    });
  }
}

function noUsableRow(file: string, faults: readonly ProblemFault[]): UserError {
  const first = faults.find((fault) => fault.severity === 'error');
  const why = first === undefined ? 'the file is empty' : `no row can be used; the first: ${first.message}`;
  return new UserError('problem-set-empty', why, {
    place: {
      file,
      ...(first?.line == null ? {} : { line: first.line }),
      ...(first?.field == null ? {} : { field: first.field }),
    },
    remedy: first?.remedy ?? 'Write one JSON object with "problem" and "answer" a line.',
  });
}
