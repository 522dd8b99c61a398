/** Grades a run again under another policy. The old grades stay; the new ones are written beside them. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GRADER_VERSION, type GradeResult, type GradingPolicy } from '../../core/answers/index.ts';
import type { Grade } from '../../core/schema/common.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import { onDisk } from '../runs/diskErrors.ts';
import { readRun } from '../runs/readRun.ts';
import { createGradingWorker } from './gradingWorker.ts';

/** A line of `grades/<policy>.jsonl`. */
export interface Regrade extends Pick<GradeResult, 'answer' | 'grade' | 'reason' | 'layer' | 'doubt'> {
  /** Id of the solution or critique. */
  readonly id: string;
  readonly kind: 'solution' | 'critique';
  /** The grade in the run itself. */
  readonly was: Grade;
}

export interface RegradeReport {
  /** `grades/<policy>.jsonl`; its first line's settings are in `grades/<policy>.policy.json`. */
  readonly file: string;
  readonly policy: GradingPolicy;
  readonly graderVersion: string;
  readonly samples: number;
  /** `correct→incorrect` and so on: how many grades became which. */
  readonly changes: Readonly<Record<string, number>>;
}

export async function regradeRun(
  dir: string,
  policy: GradingPolicy,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<RegradeReport> {
  const run = await readRun(dir);
  const problems = new Map(run.problems.map((problem) => [problem.id, problem]));
  const samples = [
    ...run.solutions.map((sample) => ({ kind: 'solution' as const, sample })),
    ...run.critiques.map((sample) => ({ kind: 'critique' as const, sample })),
  ];
  const worker = createGradingWorker();
  const changes: Record<string, number> = {};
  const lines: string[] = [];
  try {
    for (const { kind, sample } of samples) {
      options.signal?.throwIfAborted();
      const problem = problems.get(sample.problemId);
      const result =
        sample.finish === 'error'
          ? failed(sample)
          : await worker.grade({
              text: sample.text,
              gold: problem?.answer ?? null,
              mode: problem?.mode ?? 'math',
              policy,
              truncated: sample.finish === 'length',
            });
      const { answer, grade, reason, layer, doubt } = result;
      const line: Regrade = { id: sample.id, kind, answer, grade, reason, layer, doubt, was: sample.grade };
      lines.push(JSON.stringify(line));
      if (grade !== sample.grade) {
        const change = `${sample.grade}→${grade}`;
        changes[change] = (changes[change] ?? 0) + 1;
      }
      options.onProgress?.(lines.length, samples.length);
    }
  } finally {
    worker.dispose();
  }
  const folder = path.join(dir, 'grades');
  const file = path.join(folder, `${policy.name}.jsonl`);
  const settings = { graderVersion: GRADER_VERSION, policy, at: new Date().toISOString() };
  await onDisk(folder, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, `${policy.name}.policy.json`),
      `${JSON.stringify(settings, null, 2)}\n`,
    );
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  });
  return { file, policy, graderVersion: GRADER_VERSION, samples: samples.length, changes };
}

/** A sample that failed has nothing to grade. */
function failed(
  sample: Solution | Critique,
): Pick<GradeResult, 'answer' | 'grade' | 'reason' | 'layer' | 'doubt'> {
  return { answer: null, grade: 'undetermined', reason: sample.reason, layer: sample.layer, doubt: [] };
}
