import type { Solution } from '../../core/schema/lines.ts';
import { readRun } from '../runs/index.ts';
import { checkInput, manifestFor } from './configuration.ts';
import { goingOnFrom } from './continued.ts';
import { generate, isMade, type Session } from './generate.ts';
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
  const { problems, problemSet, n, dir } = options;
  checkInput(options, problems, n);
  const manifest = await manifestFor(options, {
    kind: 'evaluate',
    n,
    problemSet,
    measuredOn: problems,
    options: continued === undefined ? {} : { continued },
  });
  const wanted = problems.length * n;
  const finished = await finishedRun(dir, manifest);
  if (finished !== null && solutionJobs(problems, n, options).every(({ id }) => finished.made.has(id))) {
    return resultOf({ dir, wanted, reused: wanted, rows: [], isInterrupted: false });
  }
  return inRun(options, manifest, problems, async (session) => {
    const made = await makeSolutions(session, options);
    return resultOf({ dir, wanted, ...made, isInterrupted: made.reused + made.rows.length < wanted });
  });
}

/** Makes the solutions that the run does not have yet. */
export async function makeSolutions(
  session: Session,
  options: Pick<EvaluateOptions, 'dir' | 'problems' | 'n' | 'prompts' | 'sampling' | 'seed'>,
): Promise<{ rows: Solution[]; reused: number }> {
  const run = await readRun(options.dir);
  const made = new Set(run.solutions.filter(isMade).map(({ id }) => id));
  const jobs = solutionJobs(options.problems, options.n, options);
  const holes = jobs.filter(({ id }) => !made.has(id));
  const reused = jobs.length - holes.length;
  const rows = await generate(session, {
    name: 'solutions',
    jobs: holes,
    reused,
    append: (writer, row) => writer.append('solutions', row),
  });
  return { rows, reused };
}
