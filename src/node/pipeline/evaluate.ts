import type { Solution } from '../../core/schema/lines.ts';
import { samplesToHave } from '../../core/stats/index.ts';
import { readRun } from '../runs/index.ts';
import { checkInput, manifestFor } from './configuration.ts';
import { goingOnFrom } from './continued.ts';
import { generate, isMade, isOver, type Job, type Session } from './generate.ts';
import { solutionJobs } from './jobs.ts';
import type { EvaluateOptions, PipelineResult } from './options.ts';
import { resultOf } from './result.ts';
import { finishedRun, inRun } from './session.ts';

/**
 * Samples n solutions of each problem and grades them. Called again with the same directory it makes only what is
 * missing: after an interruption, after failed samples, or because n has grown.
 */
export async function evaluate(asked: EvaluateOptions): Promise<PipelineResult> {
  const { continued } = asked;
  const options =
    continued === undefined ? asked : { ...asked, engine: goingOnFrom(continued.prefix, asked.engine) };
  const { problems, problemSet, n, dir, settled } = options;
  checkInput(options, problems, n);
  const manifest = await manifestFor(options, {
    kind: 'evaluate',
    n,
    problemSet,
    measuredOn: problems,
    ...(settled === undefined ? {} : { stopping: settled }),
    options: continued === undefined ? {} : { continued },
  });
  const finished = await finishedRun(dir, manifest);
  if (finished !== null) {
    const jobs = jobsToHave(finished.run.solutions, options);
    const wanted = jobs.length;
    if (jobs.every(({ id }) => finished.made.has(id))) {
      return resultOf({ dir, wanted, reused: wanted, rows: [], isInterrupted: false });
    }
  }
  return inRun(options, manifest, problems, (session) => makeRounds(session, options));
}

/**
 * Makes the samples that are missing: in one round, or, where sampling stops on settled problems, in as many as it takes
 * until every problem is settled or has n samples.
 */
async function makeRounds(session: Session, options: EvaluateOptions): Promise<PipelineResult> {
  const { dir } = options;
  const tried = new Set<string>();
  const rows: Solution[] = [];
  for (;;) {
    const { solutions } = await readRun(dir);
    const made = new Set(solutions.filter(isMade).map(({ id }) => id));
    const jobs = jobsToHave(solutions, options);
    const holes = jobs.filter(({ id }) => !made.has(id));
    // A sample that has just failed is tried again by resuming, not at once.
    const round = holes.filter(({ id }) => !tried.has(id));
    for (const { id } of round) tried.add(id);
    const there = jobs.length - holes.length;
    // One by one: a call takes no more than some 120,000 arguments.
    const more = round.length > 0 || rows.length === 0 ? await makeHoles(session, round, there) : [];
    for (const row of more) rows.push(row);
    if (round.length === 0 || isOver(session) || options.settled === undefined) {
      const reused = jobs.filter(({ id }) => made.has(id) && !tried.has(id)).length;
      const isInterrupted = reused + rows.length < jobs.length;
      return resultOf({ dir, wanted: jobs.length, reused, rows, isInterrupted });
    }
  }
}

/** The samples that the run is to have, as far as its solutions can tell. */
function jobsToHave(
  solutions: readonly Solution[],
  options: Pick<EvaluateOptions, 'problems' | 'n' | 'prompts' | 'sampling' | 'seed' | 'settled'>,
): Job<Solution>[] {
  const { problems, n, settled } = options;
  if (settled === undefined) return solutionJobs(problems, n, options);
  const made = Map.groupBy(solutions.filter(isMade), ({ problemId }) => problemId);
  return problems.flatMap((problem) => {
    const isRight: boolean[] = [];
    for (const { index, grade } of made.get(problem.id) ?? []) isRight[index] = grade === 'correct';
    return solutionJobs([problem], samplesToHave(isRight, n, settled), options);
  });
}

function makeHoles(session: Session, jobs: readonly Job<Solution>[], reused: number): Promise<Solution[]> {
  return generate(session, {
    name: 'solutions',
    jobs,
    reused,
    append: (writer, row) => writer.append('solutions', row),
  });
}
