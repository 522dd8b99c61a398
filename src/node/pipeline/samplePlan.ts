/** What a sampling run lacks next: a pure look at its lines, so that a resumed run goes the way of a whole one. */
import {
  availableTypes,
  critiquable,
  hasSameAnswer,
  largestSplit,
  readVerification,
  rightSolutionsInOrder,
  solveText,
  splitByMix,
} from '../../core/sampling/index.ts';
import type { Critique, Review, Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import { isMade, type Job } from './generate.ts';
import { critiqueJobs, refinementJob, solutionJobs } from './jobs.ts';
import { refinementTemplate, verificationTemplate } from './sampleManifest.ts';
import type { DatasetFilters, SampleOptions } from './sampleOptions.ts';

/** The lines of the run as far as they are known: the newest of each id. */
export interface SampleLines {
  readonly solutions: ReadonlyMap<string, Solution>;
  readonly critiques: ReadonlyMap<string, Critique>;
  readonly reviews: readonly Review[];
}

export type SampleStage =
  | { readonly name: 'solutions'; readonly jobs: readonly Job<Solution>[] }
  | { readonly name: 'critiques'; readonly jobs: readonly Job<Critique>[] };

export interface PlanContext {
  readonly lines: SampleLines;
  /** Tried by this process: what failed is not tried for ever. */
  readonly tried: ReadonlySet<string>;
  /** Whether the dataset has its size with the lines that there are. */
  readonly isMet: () => Promise<boolean>;
}

/** The paper's answers of one problem that are verified, at most (spec B3). */
const ANSWERS_AT_MOST = 5;
/** Problems between two looks at whether the target is met: enough to keep an engine busy. */
const WAVE_AT_LEAST = 16;
const WAVE_AT_MOST = 256;
const WAVE_GROWTH = 1.1;

/** The next samples to make; null when the run has all that it needs, or its dataset has its size. */
export async function nextStage(options: SampleOptions, context: PlanContext): Promise<SampleStage | null> {
  const problems = samplable(options);
  for (const end of waveEnds(options, problems.length)) {
    const reached = problems.slice(0, end);
    const solutions =
      options.solutionsOf === undefined ? holes(solutionJobsOf(reached, options), context) : [];
    if (solutions.length > 0) return { name: 'solutions', jobs: solutions };
    const isLast = end >= problems.length;
    const critiques = critiquesFor(reached, options, context, isLast);
    if (critiques.length > 0) return { name: 'critiques', jobs: critiques };
    if (!isLast && (await context.isMet())) return null;
  }
  return null;
}

/** Nothing is generated for a problem that may not be trained on. */
export function samplable({ problems, dataset }: SampleOptions): readonly Problem[] {
  const { heldOut = null } = dataset.filters ?? {};
  return heldOut === null ? problems : problems.filter(({ problem }) => heldOut.find(problem) === null);
}

/**
 * How many problems have been reached at the end of each wave. Without a size there is no target: all at once. Waves
 * grow with what was reached, so that looking at it all again costs little beside generating it.
 */
function waveEnds({ dataset: { size } }: SampleOptions, problems: number): number[] {
  if (size === null) return [problems];
  const wave = Math.min(WAVE_AT_MOST, Math.max(WAVE_AT_LEAST, Math.ceil(size / 4)));
  const ends: number[] = [];
  let end = 0;
  while (end < problems) {
    end = Math.min(problems, Math.max(end + wave, Math.ceil(end * WAVE_GROWTH)));
    ends.push(end);
  }
  return ends;
}

function solutionJobsOf(problems: readonly Problem[], options: SampleOptions): Job<Solution>[] {
  const jobs = solutionJobs(problems, options.n, options);
  return options.dataset.kind === 'offline' ? jobs.map((job) => ({ ...job, logprobs: true })) : jobs;
}

function holes<Row extends Solution | Critique>(
  jobs: readonly Job<Row>[],
  { lines, tried }: PlanContext,
): Job<Row>[] {
  return jobs.filter(({ id }) => {
    const row = lines.solutions.get(id) ?? lines.critiques.get(id);
    return !tried.has(id) && (row === undefined || !isMade(row));
  });
}

/** Some work on the problems reached so far: the solutions and critiques of a plan. */
interface Reached {
  readonly problems: ReadonlyMap<string, Problem>;
  readonly solutions: readonly Solution[];
}

function critiquesFor(
  problems: readonly Problem[],
  options: SampleOptions,
  context: PlanContext,
  isLast: boolean,
): Job<Critique>[] {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const solutions = [...context.lines.solutions.values()].filter(({ problemId }) => byId.has(problemId));
  const reached = { problems: byId, solutions };
  if (options.dataset.kind === 's2r') {
    const open = holes(verifications(reached, options), context);
    if (open.length > 0 || options.dataset.isRefined !== true) return open;
    return holes(refinements(reached, options, context), context);
  }
  if (options.dataset.kind !== 'scft') return [];
  const wrong = holes(critiquesOfWrong(reached, options), context);
  if (wrong.length > 0) return wrong;
  return critiquesOfRight(reached, options, context, isLast);
}

function critiquesOfWrong(reached: Reached, options: SampleOptions): Job<Critique>[] {
  if (options.dataset.kind === 'scft' && options.dataset.mix[0] === 0) return [];
  return critiquable(reached.solutions, options.prompts.solutionSlot)
    .filter(({ grade }) => grade === 'incorrect')
    .flatMap((solution) => jobsOf(solution, reached, options, options.critiques));
}

/**
 * Right solutions as many as records are still missing, one of a problem at most: no more are criticised than needed,
 * and an interrupted run goes on to the same set. Before the last wave only when wrong ones have given their share.
 */
function critiquesOfRight(
  reached: Reached,
  options: SampleOptions,
  context: PlanContext,
  isLast: boolean,
): Job<Critique>[] {
  const { prompts, seed, dataset, critiquesPerCorrect = 1 } = options;
  if (dataset.kind !== 'scft') return [];
  const { mix, size } = dataset;
  const critiques = [...context.lines.critiques.values()];
  const available = availableTypes({
    problems: [...reached.problems.values()],
    solutions: reached.solutions,
    critiques,
    reviews: context.lines.reviews,
    prompts,
    seed,
    filters: definedFilters(dataset.filters),
    source: { run: '', model: '', modelSha256: null },
  });
  const right = rightSolutionsInOrder(critiquable(reached.solutions, prompts.solutionSlot), seed);
  if (!isLast && size !== null) {
    const target = splitByMix(size, mix);
    const problemsRight = new Set(right.map(({ problemId }) => problemId)).size;
    if (available.i2c < target.i2c || problemsRight < target.c2c) return [];
  }
  const needed = largestSplit({ i2c: available.i2c, c2c: right.length }, mix, size).c2c - available.c2c;
  const settled = new Set(
    critiques.filter(({ transition }) => transition === 'c→c').map(({ problemId }) => problemId),
  );
  const jobs: Job<Critique>[] = [];
  let taken = 0;
  for (const solution of right) {
    if (taken >= needed) break;
    if (settled.has(solution.problemId)) continue;
    const open = holes(jobsOf(solution, reached, options, critiquesPerCorrect), context);
    if (open.length === 0) continue;
    settled.add(solution.problemId);
    jobs.push(...open);
    taken += 1;
  }
  return jobs;
}

/**
 * Of each problem that has a right solution: a right answer and each distinct wrong one, in the order in which they
 * were sampled. Where nothing is right there is no trajectory to be had.
 */
function verifications(reached: Reached, options: SampleOptions): Job<Critique>[] {
  const { prompts, critiques } = options;
  const template = verificationTemplate(options);
  const byProblem = Map.groupBy(reached.solutions, ({ problemId }) => problemId);
  return [...reached.problems.keys()].flatMap((problemId) => {
    const usable = (byProblem.get(problemId) ?? [])
      .filter(
        (solution) =>
          solution.finish === 'stop' &&
          solution.grade !== 'undetermined' &&
          solution.answer !== null &&
          solveText(solution.text, prompts.solutionSlot) !== null,
      )
      .toSorted((a, b) => Number(b.grade === 'correct') - Number(a.grade === 'correct') || a.index - b.index);
    if (usable[0]?.grade !== 'correct') return [];
    const distinct: Solution[] = [];
    for (const solution of usable) {
      if (!distinct.some((other) => hasSameAnswer(other, solution))) distinct.push(solution);
    }
    return distinct
      .slice(0, ANSWERS_AT_MOST)
      .flatMap((solution) => jobsOf(solution, reached, options, critiques, template));
  });
}

/** A rewriting of each verification that states a verdict at all. */
function refinements(
  { problems, solutions }: Reached,
  options: SampleOptions,
  { lines }: PlanContext,
): Job<Critique>[] {
  const { seed, critic, prompts, critiqueSampling, sampling } = options;
  const bySolution = new Map(solutions.map((solution) => [solution.id, solution]));
  const settings = {
    prompts: { ...(critic?.prompts ?? prompts), solutionSlot: prompts.solutionSlot },
    seed,
    sampling: critiqueSampling ?? sampling,
    template: refinementTemplate(options),
  };
  return [...lines.critiques.values()].flatMap((verification) => {
    const solution = bySolution.get(verification.solutionId);
    const problem = problems.get(verification.problemId);
    const isUsable =
      verification.finish === 'stop' &&
      verification.refines === undefined &&
      'verdict' in readVerification(verification.text);
    if (!isUsable || solution === undefined || problem === undefined) return [];
    return [refinementJob(problem, solution, verification, settings)];
  });
}

function jobsOf(
  solution: Solution,
  { problems }: Reached,
  options: SampleOptions,
  n: number,
  template?: string,
): Job<Critique>[] {
  const problem = problems.get(solution.problemId);
  if (problem === undefined) return [];
  const { seed, critic } = options;
  const asked = critic?.prompts ?? options.prompts;
  return critiqueJobs(problem, solution, n, {
    prompts: { ...asked, solutionSlot: options.prompts.solutionSlot },
    seed,
    sampling: options.critiqueSampling ?? options.sampling,
    template: template ?? asked.critique,
    ...(template === undefined ? {} : { answer: solution.answer ?? '' }),
  });
}

export function definedFilters(filters: DatasetFilters = {}) {
  const { verdictMustMatch = false, maxTokens = null, heldOut = null } = filters;
  return { verdictMustMatch, maxTokens, heldOut };
}
