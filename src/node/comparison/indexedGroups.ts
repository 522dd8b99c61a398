/** A run's rows from its index, problem by problem: none are held, and texts are read only where they are wanted. */
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { compareAnswers, defaultPolicy, GRADING_POLICIES } from '../../core/answers/index.ts';
import { groupByProblem, type ProblemGroup, rememberReflections } from '../../core/metrics/index.ts';
import { phrasesOf, type ReflectionList, reflectionCount } from '../../core/reflection/index.ts';
import {
  type Critique,
  critiqueSchema,
  type Dropped,
  droppedSchema,
  type Solution,
  solutionSchema,
} from '../../core/schema/lines.ts';
import { type Problem, problemSchema } from '../../core/schema/problem.ts';
import type { RunManifest } from '../../core/schema/run.ts';
import { type IndexedSample, type NoteOptions, RUN_LINES, type RunIndex } from '../runs/index.ts';
import { readJsonLines } from '../runs/jsonLines.ts';

export interface GroupOptions {
  readonly withTexts: boolean;
  readonly needsProblems: boolean;
  /** Lists whose reflections `countReflections` has noted: rows without text come with those counts. */
  readonly counted?: readonly ReflectionList[];
}

/** Has the index count the reflections of every solution under these lists, each text once. */
export async function countReflections(
  index: RunIndex,
  lists: readonly ReflectionList[],
  version: string,
  options: Pick<NoteOptions, 'signal' | 'onRead'>,
): Promise<void> {
  await index.note({
    ...options,
    of: JSON.stringify([version, lists.map(phrasesOf)]),
    noteOf: (text) => lists.map((list) => reflectionCount(text, list)).join(' '),
  });
}

/** The rows of each problem, one problem at a time, as the metrics take them. */
export async function* groupsOf(
  index: RunIndex,
  manifest: RunManifest,
  { withTexts, needsProblems, counted = [] }: GroupOptions,
): AsyncGenerator<ProblemGroup> {
  const { dir } = index;
  const policy = GRADING_POLICIES[manifest.grader?.policy ?? ''] ?? defaultPolicy;
  const problems = new Map<string, Problem>();
  if (needsProblems) {
    const { rows } = await readJsonLines(path.join(dir, RUN_LINES.problems), problemSchema);
    for (const problem of rows) problems.set(problem.id, problem);
  }
  const dropped = manifest.kind === 'sample' ? await droppedByProblem(dir) : null;
  const reader = withTexts ? openTexts(dir) : null;
  try {
    for (const samples of byProblem(index.all())) {
      const problemId = samples[0]?.problemId ?? '';
      const problem = problems.get(problemId);
      const rows = samples.map((sample) =>
        reader === null ? withoutText(sample, counted) : reader.read(sample),
      );
      const [group] = groupByProblem({
        problems: problem === undefined ? [] : [problem],
        solutions: manifest.kind === 'critique' ? [] : rows.filter((row) => !('solutionId' in row)),
        critiques: rows.filter((row) => 'solutionId' in row),
        ...(dropped === null ? {} : { dropped: dropped.get(problemId) ?? [] }),
        grade: ({ answer, mode }, pred) => compareAnswers({ gold: answer, pred, mode, policy }).grade,
      });
      if (group !== undefined) yield group;
    }
  } finally {
    reader?.close();
  }
}

function* byProblem(samples: Iterable<IndexedSample>): Generator<IndexedSample[]> {
  let rows: IndexedSample[] = [];
  for (const sample of samples) {
    if (rows[0] !== undefined && rows[0].problemId !== sample.problemId) {
      yield rows;
      rows = [];
    }
    rows.push(sample);
  }
  if (rows.length > 0) yield rows;
}

/** A row with everything short; what the index does not hold is empty, and no metric that is chosen looks at it. */
function withoutText(sample: IndexedSample, counted: readonly ReflectionList[]): Solution | Critique {
  const { id, problemId, solutionId, index, tokens, ms, answer, grade, finish, verdict, transition } = sample;
  const row = {
    ...{ id, problemId, index, tokens, ms, answer, grade, finish },
    ...{ seed: 0, text: '', promptTokens: 0, reason: '', layer: '' },
    ...(sample.hasError ? { error: 'see the line' } : {}),
  };
  if (solutionId === null) {
    const counts = sample.note?.split(' ') ?? [];
    for (const [at, list] of counted.entries()) rememberReflections(row, list, Number(counts[at] ?? 0));
    return row;
  }
  return { ...row, solutionId, verdict: verdict ?? 'none', transition, findings: [] };
}

/** Reads lines by their place, without a promise for each of a million. */
function openTexts(dir: string) {
  const files = new Map<string, number>();
  const fileOf = (name: IndexedSample['file']): number => {
    const file = files.get(name) ?? openSync(path.join(dir, RUN_LINES[name]), 'r');
    files.set(name, file);
    return file;
  };
  return {
    read: ({ file, offset, length }: IndexedSample): Solution | Critique => {
      const bytes = Buffer.allocUnsafe(length);
      const count = readSync(fileOf(file), bytes, 0, length, offset);
      const value: unknown = JSON.parse(bytes.toString('utf8', 0, count));
      return file === 'solutions' ? solutionSchema.parse(value) : critiqueSchema.parse(value);
    },
    close: () => {
      for (const file of files.values()) closeSync(file);
    },
  };
}

/** Candidates are named `<problemId>#<index>` or `<problemId>#<index>/<index>`. */
async function droppedByProblem(dir: string): Promise<Map<string, Dropped[]>> {
  const { rows } = await readJsonLines(path.join(dir, RUN_LINES.dropped), droppedSchema);
  return Map.groupBy(rows, ({ candidate }) => candidate.slice(0, candidate.lastIndexOf('#')));
}
