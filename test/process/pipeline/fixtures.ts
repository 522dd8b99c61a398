import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compareAnswers, gradeAnswer } from '../../../src/core/answers/index.ts';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import type { Mix } from '../../../src/core/sampling/index.ts';
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';
import type { GradingJob } from '../../../src/node/grading/gradingWorker.ts';
import type { EvaluateOptions, SampleOptions } from '../../../src/node/pipeline/index.ts';
import { identifyProblems } from '../../../src/node/problems/readProblems.ts';
import { readRun } from '../../../src/node/runs/index.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { type MemoryEngine, memoryEngine } from './memoryEngine.ts';

export const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 200 };

export function sums(count: number): Problem[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `sum-${index}`,
    problem: `What is ${index + 3}+${index * 7 + 2}?`,
    answer: String(index * 8 + 5),
    mode: 'math',
  }));
}

/** Grades in this process: starting a thread for each of many small runs takes longer than the runs. */
export const grader = {
  grade: (job: GradingJob) => Promise.resolve('text' in job ? gradeAnswer(job) : compareAnswers(job)),
};

export async function evaluateOptions(
  change: Partial<EvaluateOptions> = {},
): Promise<EvaluateOptions & { engine: MemoryEngine }> {
  const problems = change.problems ?? sums(4);
  return {
    dir: path.join(await temporaryDir(), 'run'),
    problems,
    problemSet: identifyProblems('sums', null, problems),
    prompts: nanoPrompts,
    sampling,
    seed: 5,
    n: 3,
    grader,
    ...change,
    engine: memoryEngine(),
  };
}

/** An SCFT dataset of the usual mix. */
export function scft(change: { mix?: Mix; size?: number | null } = {}): SampleOptions['dataset'] {
  return { kind: 'scft', mix: [2, 1], size: null, ...change };
}

export async function sampleOptions(
  change: Partial<SampleOptions> = {},
): Promise<SampleOptions & { engine: MemoryEngine }> {
  const { engine, ...base } = await evaluateOptions({ problems: change.problems ?? sums(30) });
  return { ...base, critiques: 3, dataset: scft(), ...change, engine };
}

/** A line of a run without how long it took. */
export function untimed<Row extends Solution | Critique>(rows: readonly Row[]): Omit<Row, 'ms'>[] {
  return rows.map(({ ms: _, ...row }) => row).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Everything that must be the same however a run was interrupted. */
export async function contentOf(dir: string) {
  const run = await readRun(dir);
  return { solutions: untimed(run.solutions), critiques: untimed(run.critiques) };
}

/** Ids of the lines of a file, in order: a sample that was made twice is there twice. */
export async function lineIds(dir: string, file: 'solutions.jsonl' | 'critiques.jsonl'): Promise<string[]> {
  const text = await readFile(path.join(dir, file), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): string => JSON.parse(line).id);
}
