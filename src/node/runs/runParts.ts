/**
 * Parts of runs that are too large to be read whole: how each problem came out, and the samples of one problem or one
 * solution, through the index. Where there can be no index, the run is read whole after all.
 */
import path from 'node:path';
import { problemOfSample, solutionOfSample } from '../../core/runs/sampleIds.ts';
import type { Grade } from '../../core/schema/common.ts';
import { type Critique, type Review, reviewSchema, type Solution } from '../../core/schema/lines.ts';
import { type Problem, problemSchema } from '../../core/schema/problem.ts';
import { type LineFault, readJsonLines } from './jsonLines.ts';
import { RUN_LINES } from './layout.ts';
import { type RunData, readRun } from './readRun.ts';
import { openRunIndex, type RunIndex } from './sampleIndex/runIndex.ts';

/** How the solutions of a problem came out. */
export interface ProblemTally {
  readonly problemId: string;
  /** The statement, or its beginning. */
  readonly statement: string;
  readonly solutions: number;
  readonly critiques: number;
  readonly grades: Readonly<Record<Grade, number>>;
}

export interface RunTallies {
  /** In the order of the set; only problems with solutions. */
  readonly problems: readonly ProblemTally[];
  /** Lines that cannot be used, the first hundred. */
  readonly faults: readonly LineFault[];
}

/** The lines of a run that belong together. A whole run is a part of itself. */
export type RunPart = Pick<RunData, 'problems' | 'solutions' | 'critiques' | 'reviews'>;

/** Which part: everything about a problem, or a sample with what belongs to its solution. */
export type PartName = { readonly problemId: string } | { readonly sampleId: string };

const STATEMENT_CHARACTERS = 400;
const FAULTS_AT_MOST = 100;
/** More samples of one problem than anybody looks through. */
const SAMPLES_AT_MOST = 10_000;

export async function runTallies(dir: string, signal?: AbortSignal): Promise<RunTallies> {
  const index = await openRunIndex(dir, signal === undefined ? {} : { signal });
  if (index === null) return talliesOf(await readRun(dir));
  try {
    const counted = new Map(index.tallies().map((tally) => [tally.problemId, tally]));
    const problems = (await readProblems(dir)).flatMap((problem): ProblemTally[] => {
      const tally = counted.get(problem.id);
      return tally === undefined || tally.solutions === 0
        ? []
        : [{ ...tally, statement: problem.problem.slice(0, STATEMENT_CHARACTERS) }];
    });
    return { problems, faults: index.faults() };
  } finally {
    index.close();
  }
}

/** The same from a run that was read whole. */
export function talliesOf({ problems, solutions, critiques, faults }: RunData): RunTallies {
  const byProblem = Map.groupBy(solutions, ({ problemId }) => problemId);
  const about = Map.groupBy(critiques, ({ problemId }) => problemId);
  return {
    problems: problems.flatMap(({ id, problem }): ProblemTally[] => {
      const rows = byProblem.get(id);
      if (rows === undefined) return [];
      const grades = { correct: 0, incorrect: 0, undetermined: 0 };
      for (const { grade } of rows) grades[grade] += 1;
      const statement = problem.slice(0, STATEMENT_CHARACTERS);
      const counts = { solutions: rows.length, critiques: about.get(id)?.length ?? 0, grades };
      return [{ problemId: id, statement, ...counts }];
    }),
    faults: faults.slice(0, FAULTS_AT_MOST),
  };
}

export async function readRunPart(dir: string, name: PartName, signal?: AbortSignal): Promise<RunPart> {
  const index = await openRunIndex(dir, signal === undefined ? {} : { signal });
  if (index === null) return partOf(await readRun(dir), name);
  try {
    return await indexedPart(index, name);
  } finally {
    index.close();
  }
}

async function indexedPart(index: RunIndex, name: PartName): Promise<RunPart> {
  const { dir } = index;
  const problemId = 'problemId' in name ? name.problemId : problemOfSample(name.sampleId);
  const page = { offset: 0, limit: SAMPLES_AT_MOST };
  const listed = problemId === null ? [] : index.list({ problemId }, page);
  const wanted =
    'problemId' in name
      ? listed
      : listed.filter(({ id, solutionId }) => (solutionId ?? id) === solutionOfSample(name.sampleId));
  const solutions: Solution[] = [];
  const critiques: Critique[] = [];
  for (const sample of wanted) {
    const row = await index.read(sample);
    if ('solutionId' in row) critiques.push(row);
    else solutions.push(row);
  }
  return {
    problems: (await readProblems(dir)).filter(({ id }) => id === problemId),
    solutions,
    critiques,
    reviews: await readReviews(dir),
  };
}

/** The part of a run that was read whole. */
function partOf({ problems, solutions, critiques, reviews }: RunData, name: PartName): RunPart {
  const sample = 'sampleId' in name ? name.sampleId : null;
  const owner = critiques.find(({ id }) => id === sample)?.solutionId ?? sample;
  const isWanted = (solution: string, problem: string) =>
    'problemId' in name ? problem === name.problemId : solution === owner;
  const kept = solutions.filter(({ id, problemId }) => isWanted(id, problemId));
  const about = critiques.filter(({ solutionId, problemId }) => isWanted(solutionId, problemId));
  const ids = new Set([...kept, ...about].map(({ problemId }) => problemId));
  return { problems: problems.filter(({ id }) => ids.has(id)), solutions: kept, critiques: about, reviews };
}

/** Reviews are a person's decisions: never many. */
export async function readReviews(dir: string): Promise<readonly Review[]> {
  return (await readJsonLines(path.join(dir, RUN_LINES.reviews), reviewSchema)).rows;
}

async function readProblems(dir: string): Promise<readonly Problem[]> {
  return (await readJsonLines(path.join(dir, RUN_LINES.problems), problemSchema)).rows;
}
