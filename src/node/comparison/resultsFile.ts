/** A results file as an arm of a comparison: read, and graded where the file does not say what is right. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { GradeResult } from '../../core/answers/index.ts';
import { compareAnswers, defaultPolicy } from '../../core/answers/index.ts';
import { UserError } from '../../core/errors.ts';
import { groupByProblem } from '../../core/metrics/index.ts';
import { formatOfFile } from '../../core/problems/index.ts';
import {
  createResultsReader,
  type ResultSample,
  type Results,
  resultsTitle,
} from '../../core/results/index.ts';
import type { Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { RecordedRun } from '../../core/schema/run.ts';
import { createGradingWorker } from '../grading/gradingWorker.ts';
import { readRows } from '../problems/readRows.ts';
import { onDisk } from '../runs/diskErrors.ts';
import type { SampleText } from './client.ts';
import type { MeasuredArm } from './index.ts';

/** What a results file holds, before it is graded. */
export interface ResultsFile extends Results {
  /** Where it lies; `file` is what people call it. */
  readonly path: string;
  readonly sha256: string;
}

/** Whether a name given for a run is that of a results file. */
export async function isResultsFile(name: string): Promise<boolean> {
  const stats = await stat(name).catch(() => null);
  return stats?.isFile() === true;
}

/**
 * Reads the whole file, which faults and reports call by `file`. Throws a `UserError` with file, line and field at the
 * first row that cannot be used.
 */
export async function readResultsFile(
  path: string,
  { file = path, signal }: { file?: string; signal?: AbortSignal } = {},
): Promise<ResultsFile> {
  const format = formatOfFile(path);
  if (format === null || format === 'markdown') {
    throw new UserError('results-format', 'the name tells no format of results', {
      place: { file },
      remedy: 'Name it .jsonl, .json, .csv or .parquet, or name a run.',
    });
  }
  const reader = createResultsReader(file);
  for await (const row of readRows(path, format, signal)) reader.add(row);
  return { ...reader.finish(), path, sha256: await sha256Of(path, signal) };
}

async function sha256Of(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  await onDisk(file, async () => {
    for await (const piece of createReadStream(file)) {
      signal?.throwIfAborted();
      hash.update(piece as Buffer); // Without an encoding they are buffers.
    }
  });
  return hash.digest('hex');
}

/**
 * Grades what the file leaves open against its own gold answers, or those that the other arms know. In a thread: answers
 * are anybody's, and one that takes long is undetermined.
 */
export async function measureResults(
  results: ResultsFile,
  known: ReadonlyMap<string, Problem>,
  signal?: AbortSignal,
): Promise<MeasuredArm> {
  const problems = results.problems.map((problem) => completed(problem, known.get(problem.id)));
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const solutions = await graded(results, byId, signal);
  const { file, path, sha256 } = results;
  const groups = groupByProblem({
    problems,
    solutions,
    grade: ({ answer, mode }, pred) =>
      compareAnswers({ gold: answer, pred, mode, policy: defaultPolicy }).grade,
  });
  const n = groups.reduce((most, group) => Math.max(most, group.solutions.length), 0);
  const manifest: RecordedRun = {
    id: file,
    kind: 'evaluate',
    title: resultsTitle(file),
    n,
    parents: [],
    resultsFile: { path: file, sha256 },
  };
  return {
    run: { dir: path, manifest, problems },
    label: manifest.title,
    groups,
    lacks: results.lacks,
  };
}

/** What another arm knows of the problem stands where the file says nothing. */
function completed(problem: Problem, known: Problem | undefined): Problem {
  if (known === undefined) return problem;
  const { id, answer, mode, problem: statement } = problem;
  return {
    ...known,
    ...problem,
    id,
    // Files seldom name one, and are then read as mathematics.
    mode: mode === 'math' ? known.mode : mode,
    answer: answer ?? known.answer,
    problem: statement === '' ? known.problem : statement,
  };
}

/** One sample as it stands in the file, in the order in which grids show them. */
export function textOfResult(results: ResultsFile, problemId: string, position: number): SampleText | null {
  const sample = results.samples
    .filter((one) => one.problemId === problemId)
    .sort((a, b) => a.index - b.index)[position];
  if (sample === undefined) return null;
  const problem = results.problems.find(({ id }) => id === problemId);
  const { line, answer, grade, text } = sample;
  return {
    line,
    statement: problem?.problem ?? '',
    gold: problem?.answer ?? null,
    answer,
    grade,
    text: text ?? '',
  };
}

/** Samples that are graded at one time: the thread is kept busy, and memory flat. */
const WINDOW = 64;

async function graded(
  { file, samples }: ResultsFile,
  problems: ReadonlyMap<string, Problem>,
  signal: AbortSignal | undefined,
): Promise<Solution[]> {
  const isOpen = samples.some(({ grade }) => grade === null);
  const worker = isOpen ? createGradingWorker() : null;
  const solutions: Solution[] = [];
  try {
    for (let from = 0; from < samples.length; from += WINDOW) {
      signal?.throwIfAborted();
      const batch = samples.slice(from, from + WINDOW);
      solutions.push(
        ...(await Promise.all(
          batch.map(async (sample) => {
            if (sample.grade !== null) return solutionOf(sample, GIVEN[sample.grade]);
            const problem = problems.get(sample.problemId);
            if (problem === undefined || problem.answer === null) throw noGold(file, sample);
            const { answer, text } = sample;
            const asked = { gold: problem.answer, mode: problem.mode, policy: defaultPolicy };
            const truncated = sample.finish === 'length';
            const result = await worker?.grade(
              answer === null && text !== null ? { ...asked, text, truncated } : { ...asked, pred: answer },
            );
            return solutionOf(sample, result ?? GIVEN.undetermined);
          }),
        )),
      );
    }
    return solutions;
  } finally {
    worker?.dispose();
  }
}

type Graded = Pick<GradeResult, 'grade' | 'reason' | 'layer'> & { readonly answer?: string | null };

const GIVEN = {
  correct: { grade: 'correct', reason: 'given', layer: 'file' },
  incorrect: { grade: 'incorrect', reason: 'given', layer: 'file' },
  undetermined: { grade: 'undetermined', reason: 'given', layer: 'file' },
} as const satisfies Record<Solution['grade'], Graded>;

/** The row as a solution; what is not known is 0, and no metric that reads it is taken. */
function solutionOf(sample: ResultSample, { grade, reason, layer, answer }: Graded): Solution {
  const { problemId, index, text, tokens, finish } = sample;
  return {
    ...{ id: `${problemId}#${index}`, problemId, index, grade, reason, layer },
    ...{ seed: 0, promptTokens: 0, ms: 0 },
    text: text ?? sample.answer ?? '',
    tokens: tokens ?? 0,
    finish: finish ?? 'stop',
    answer: sample.answer ?? answer ?? null,
  };
}

function noGold(file: string, { line, problemId }: ResultSample): UserError {
  return new UserError('no-gold', `nobody knows the right answer of problem "${problemId}"`, {
    place: { file, line, field: 'gold' },
    remedy: 'Add "gold" or "correct" to its rows, or compare with a run that has the problem.',
  });
}
