/** `reflection grade FILE`: grades rows `{gold, pred, mode?, policy?}`, one at a time. */

import { findPolicy, type GradeRow, gradeRowSchema } from '../../core/answers/gradeRow.ts';
import {
  defaultPolicy,
  GRADING_POLICIES,
  type GradeResult,
  type GradingPolicy,
} from '../../core/answers/index.ts';
import { MAX_NESTING, nestsDeeper } from '../../core/nesting.ts';
import type { AnswerMode } from '../../core/schema/problem.ts';
import { readLines } from '../problems/lines.ts';
import { createGradingWorker, type GradingJob, type GradingWorker } from './gradingWorker.ts';

/** The row with its grade. */
export type GradedRow = GradeRow & Pick<GradeResult, 'grade' | 'reason' | 'layer' | 'normalised' | 'doubt'>;

export interface GradeFileOptions {
  /** For rows that name none. */
  readonly policy?: GradingPolicy;
  readonly mode?: AnswerMode;
  readonly signal?: AbortSignal;
  readonly worker?: GradingWorker;
}

export interface GradeFault {
  readonly file: string;
  readonly line: number;
  readonly field: string | null;
  readonly message: string;
  readonly remedy: string;
}

export interface GradeSummary {
  readonly rows: number;
  readonly correct: number;
  readonly incorrect: number;
  readonly undetermined: number;
  /** Rows whose grade a person should look at. */
  readonly doubtful: number;
  readonly faults: readonly GradeFault[];
}

/** Rows that are graded at one time: the thread is kept busy, and memory flat. */
const WINDOW = 64;

/** Calls `onRow` for each row in the order of the file. A row that cannot be graded is a fault, and named. */
export async function gradeFile(
  file: string,
  onRow: (row: GradedRow) => void,
  options: GradeFileOptions = {},
): Promise<GradeSummary> {
  const worker = options.worker ?? createGradingWorker();
  const faults: GradeFault[] = [];
  const counts = { rows: 0, correct: 0, incorrect: 0, undetermined: 0, doubtful: 0 };
  const pending: Promise<GradedRow>[] = [];
  const settleFirst = async () => {
    const first = pending.shift();
    if (first === undefined) return;
    const row = await first;
    counts.rows++;
    counts[row.grade]++;
    if (row.doubt.length > 0) counts.doubtful++;
    onRow(row);
  };
  try {
    for await (const { line, text, fault } of readLines(file, options.signal)) {
      if (text?.trim() === '') continue;
      const read = text === null ? { message: fault ?? 'unreadable', field: null } : readRow(text, options);
      if ('message' in read) {
        faults.push({ file, line, ...read, remedy: REMEDY });
        continue;
      }
      const { row, job } = read;
      pending.push(worker.grade(job).then(({ answer: _, ...result }) => ({ ...row, ...result })));
      if (pending.length >= WINDOW) await settleFirst();
    }
    while (pending.length > 0) await settleFirst();
  } finally {
    if (options.worker === undefined) worker.dispose();
    await Promise.allSettled(pending);
  }
  return { ...counts, faults };
}

const REMEDY = 'Write each row as {"gold": "1/2", "pred": "0.5"}; mode and policy are optional.';

function readRow(
  text: string,
  options: GradeFileOptions,
):
  | { readonly row: GradeRow; readonly job: GradingJob }
  | { readonly message: string; readonly field: string | null } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { message: `not JSON: ${error instanceof Error ? error.message : String(error)}`, field: null };
  }
  if (nestsDeeper(value)) return { message: `nested more than ${MAX_NESTING} deep`, field: null };
  const parsed = gradeRowSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { message: issue?.message ?? 'does not fit', field: issue?.path.join('.') || null };
  }
  const row = parsed.data;
  if (row.pred === undefined && row.text === undefined) {
    return { message: 'neither "pred" nor "text"', field: 'pred' };
  }
  const policy = findPolicy(row.policy, options.policy ?? defaultPolicy);
  if (policy === null) {
    const names = Object.keys(GRADING_POLICIES).join(', ');
    return { message: `no policy is named ${String(row.policy)}; there are ${names}`, field: 'policy' };
  }
  const mode = row.mode ?? options.mode ?? 'math';
  const job =
    row.text === undefined
      ? { gold: row.gold, pred: row.pred ?? null, mode, policy }
      : { gold: row.gold, text: row.text, mode, policy };
  return { row, job };
}
