import {
  availableTypes,
  critiquable,
  largestSplit,
  rightSolutionsInOrder,
} from '../../core/sampling/index.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import { type RunData, readRun } from '../runs/index.ts';
import { checkInput, manifestFor } from './configuration.ts';
import { makeCritiques } from './critique.ts';
import { datasetOfRun } from './dataset.ts';
import { makeSolutions } from './evaluate.ts';
import { isMade, type Job, type Session } from './generate.ts';
import { critiqueJobs, solutionJobs } from './jobs.ts';
import type { SampleOptions, SampleOutcome } from './options.ts';
import { resultOf } from './result.ts';
import { finishedRun, inRun } from './session.ts';

/**
 * Rejection sampling to an SCFT dataset (spec A2): solutions, critiques of them, filters, mix. Every wrong solution
 * is criticised `critiques` times; right ones only as far as the mix needs c→c records.
 */
export async function sample(options: SampleOptions): Promise<SampleOutcome> {
  const { problems, problemSet, n, dir, critiques, mix, size, filters = {} } = options;
  checkInput(options, problems, n);
  const critiquesPerCorrect = options.critiquesPerCorrect ?? 1;
  const manifest = await manifestFor(options, {
    kind: 'sample',
    n,
    problemSet,
    critiques,
    critiqueSampling: options.critiqueSampling ?? options.sampling,
    options: { mix, size, critiquesPerCorrect, ...filters },
  });
  const finished = await finishedRun(dir, manifest);
  if (finished !== null && isComplete(finished.run, options)) {
    const wanted = finished.run.solutions.length + finished.run.critiques.length;
    const dataset = await datasetOfRun(dir, options);
    return { ...resultOf({ dir, wanted, reused: wanted, rows: [], isInterrupted: false }), dataset };
  }
  return inRun(options, manifest, problems, async (session) => {
    const tally = newTally();
    addTo(tally, await makeSolutions(session, options));
    if (!session.signal.aborted) await critiqueWrong(session, options, tally);
    if (!session.signal.aborted) await critiqueRight(session, options, tally);
    const isInterrupted = session.signal.aborted;
    const wanted = tally.reused + tally.rows.length;
    const dataset = isInterrupted ? null : await datasetOfRun(dir, options);
    return { ...resultOf({ dir, wanted, ...tally, isInterrupted }), dataset };
  });
}

/** A run that ended well is complete when neither a larger n nor a failed sample leaves anything to do. */
function isComplete(run: RunData, options: SampleOptions): boolean {
  const solutions = new Set(run.solutions.filter(isMade).map(({ id }) => id));
  const hasAll = solutionJobs(options.problems, options.n, options).every(({ id }) => solutions.has(id));
  return hasAll && run.critiques.every(isMade);
}

interface Tally {
  reused: number;
  rows: (Solution | Critique)[];
}

function newTally(): Tally {
  return { reused: 0, rows: [] };
}

function addTo(tally: Tally, made: { rows: readonly (Solution | Critique)[]; reused: number }): void {
  tally.reused += made.reused;
  tally.rows.push(...made.rows);
}

async function critiqueWrong(session: Session, options: SampleOptions, tally: Tally): Promise<void> {
  const run = await readRun(options.dir);
  const wrong = critiquable(run.solutions, options.prompts.solutionSlot).filter(
    (solution) => solution.grade === 'incorrect',
  );
  const jobs = wrong.flatMap((solution) => jobsFor(run, solution, options.critiques, options));
  addTo(tally, await makeCritiques(session, options.dir, jobs));
}

/**
 * Right solutions in waves: each takes as many as records are still missing, one of a problem at most. So no more are
 * criticised than needed, and an interrupted run goes on to the same set.
 */
async function critiqueRight(session: Session, options: SampleOptions, tally: Tally): Promise<void> {
  const tried = new Set<string>();
  for (;;) {
    const run = await readRun(options.dir);
    const wave = nextWave(run, options, tried);
    if (wave.length === 0 || session.signal.aborted) return;
    for (const { id } of wave) tried.add(id);
    const jobs = wave.flatMap((solution) =>
      jobsFor(run, solution, options.critiquesPerCorrect ?? 1, options),
    );
    addTo(tally, await makeCritiques(session, options.dir, jobs));
  }
}

function nextWave(run: RunData, options: SampleOptions, tried: ReadonlySet<string>): Solution[] {
  const { prompts, mix, size, seed, filters = {} } = options;
  const available = availableTypes({
    ...run,
    prompts,
    seed,
    filters,
    source: { run: '', model: '', modelSha256: null },
  });
  const right = rightSolutionsInOrder(critiquable(run.solutions, prompts.solutionSlot), seed);
  const needed = largestSplit({ i2c: available.i2c, c2c: right.length }, mix, size).c2c - available.c2c;
  const per = options.critiquesPerCorrect ?? 1;
  const made = Map.groupBy(run.critiques.filter(isMade), ({ solutionId }) => solutionId);
  const settled = new Set(
    run.critiques.filter((row) => row.transition === 'c→c').map((row) => row.problemId),
  );
  const wave: Solution[] = [];
  for (const solution of right) {
    if (wave.length >= needed) break;
    if (tried.has(solution.id) || settled.has(solution.problemId)) continue;
    if ((made.get(solution.id)?.length ?? 0) >= per) continue;
    settled.add(solution.problemId);
    wave.push(solution);
  }
  return wave;
}

function jobsFor(run: RunData, solution: Solution, n: number, options: SampleOptions): Job<Critique>[] {
  const problem = run.problems.find(({ id }) => id === solution.problemId);
  if (problem === undefined) return [];
  const { prompts, seed } = options;
  const sampling = options.critiqueSampling ?? options.sampling;
  return critiqueJobs(problem, solution, n, { prompts, seed, sampling, template: prompts.critique });
}
