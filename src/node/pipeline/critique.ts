import { defaultPolicy } from '../../core/answers/index.ts';
import { UserError } from '../../core/errors.ts';
import { slotSolution } from '../../core/prompts/index.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { Parent, ProblemSetIdentity } from '../../core/schema/run.ts';
import { readRun } from '../runs/index.ts';
import { checkInput, manifestFor } from './configuration.ts';
import { copySolutions } from './copySolutions.ts';
import { generate, isMade, type Job, type Session } from './generate.ts';
import { recordedPolicy, withGrading } from './grading.ts';
import { critiqueJobs, writtenSolution } from './jobs.ts';
import type { CritiqueOptions, CritiqueSource, PipelineResult } from './options.ts';
import { resultOf } from './result.ts';
import { finishedRun, inRun } from './session.ts';

/**
 * Samples n critiques of each solution, grades the answer that each ends with, and reads its verdict and findings.
 * The solutions are copied into the run, so that it can be read on its own.
 */
export async function critique(options: CritiqueOptions): Promise<PipelineResult> {
  const { dir, n, prompts } = options;
  const template = options.template ?? 'sampling';
  const source = await readSource(options);
  checkInput(options, source.problems, n);
  const manifest = await manifestFor(
    { ...options, policy: source.policy, parents: [...source.parents, ...(options.parents ?? [])] },
    {
      kind: 'critique',
      n,
      problemSet: source.problemSet,
      measuredOn: source.problems,
      options: { template, source: source.id },
    },
  );
  const jobs = jobsOf(source, options, template === 'training' ? prompts.critiqueTraining : prompts.critique);
  const wanted = jobs.length;
  const finished = await finishedRun(dir, manifest);
  if (finished !== null && jobs.every(({ id }) => finished.made.has(id))) {
    return resultOf({ dir, wanted, reused: wanted, rows: [], isInterrupted: false });
  }
  return inRun(options, manifest, source.problems, async (session) => {
    await copySolutions(session, dir, source.solutions);
    const made = await makeCritiques(session, dir, jobs);
    return resultOf({ dir, wanted, ...made, isInterrupted: made.reused + made.rows.length < wanted });
  });
}

/** Makes the critiques that the run does not have yet. */
async function makeCritiques(
  session: Session,
  dir: string,
  jobs: readonly Job<Critique>[],
): Promise<{ rows: Critique[]; reused: number }> {
  const run = await readRun(dir);
  const made = new Set(run.critiques.filter(isMade).map(({ id }) => id));
  const holes = jobs.filter(({ id }) => !made.has(id));
  const reused = jobs.length - holes.length;
  const rows = await generate(session, {
    name: 'critiques',
    jobs: holes,
    reused,
    append: (writer, row) => writer.append('critiques', row),
  });
  return { rows, reused };
}

interface Source {
  /** Names where the solutions come from: part of the run's configuration. */
  readonly id: string;
  readonly problems: readonly Problem[];
  readonly problemSet: ProblemSetIdentity;
  readonly solutions: readonly Solution[];
  /** Of its grades. */
  readonly policy: string;
  readonly parents: readonly Parent[];
}

async function readSource(options: CritiqueOptions): Promise<Source> {
  const { source, prompts, grader } = options;
  const policy = options.policy ?? (await recordedPolicy(options.dir));
  const read =
    source.kind === 'run'
      ? await fromRun(source, policy, grader)
      : await fromProblems(source, policy, grader);
  const solutions = read.solutions.filter(
    (solution) => solution.finish === 'stop' && slotSolution(solution.text, prompts.solutionSlot).text !== '',
  );
  const chosen =
    source.kind === 'run' && source.solutionIds !== undefined ? solutions.map(({ id }) => id) : [];
  if (solutions.length > 0) return { ...read, id: [read.id, ...chosen.sort()].join(' '), solutions };
  throw new UserError('no-solutions', `There is no finished solution to critique in ${read.id}.`, {
    remedy:
      source.kind === 'run'
        ? 'Resume the run, or give its samples more tokens.'
        : 'Add a "solution" to a problem, or a "## Solution" to the problem document.',
  });
}

async function fromRun(
  source: Extract<CritiqueSource, { kind: 'run' }>,
  wanted: string | undefined,
  grader: CritiqueOptions['grader'],
): Promise<Source> {
  const run = await readRun(source.dir);
  const { id, problemSet } = run.manifest;
  if (problemSet === undefined) {
    throw new UserError(
      'no-solutions',
      `The run ${id} has no problem set: it is of kind "${run.manifest.kind}".`,
      {
        place: { file: source.dir },
        remedy: 'Name a run of kind evaluate, critique or sample.',
      },
    );
  }
  const chosen = source.solutionIds === undefined ? null : new Set(source.solutionIds);
  const missing = source.solutionIds?.find(
    (wanted) => !run.solutions.some((solution) => solution.id === wanted),
  );
  if (missing !== undefined) {
    throw new UserError('no-solutions', `The run ${id} has no solution "${missing}".`, {
      place: { file: source.dir },
      remedy: 'Name solutions as <problem id>#<index>.',
    });
  }
  const solutions = run.solutions.filter((solution) => chosen?.has(solution.id) ?? true);
  const used = new Set(solutions.map(({ problemId }) => problemId));
  const recorded = run.manifest.grader?.policy ?? defaultPolicy.name;
  const policy = wanted ?? recorded;
  return {
    id: `run ${id}`,
    problems: run.problems.filter((problem) => used.has(problem.id)),
    problemSet,
    // The transitions compare grades of both: they must be by one policy.
    solutions: policy === recorded ? solutions : await graded(solutions, run.problems, policy, grader),
    policy,
    parents: [{ kind: 'run', id, role: 'solutions' }],
  };
}

/** The solutions with their grades by another policy than that of their run. */
async function graded(
  solutions: readonly Solution[],
  problems: readonly Problem[],
  policy: string,
  grader: CritiqueOptions['grader'],
): Promise<Solution[]> {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  return withGrading(policy, grader, (grade) =>
    Promise.all(
      solutions.map(async ({ doubt: _, ...solution }) => {
        const problem = byId.get(solution.problemId);
        return problem === undefined ? solution : { ...solution, ...(await grade(solution, problem)) };
      }),
    ),
  );
}

async function fromProblems(
  source: Extract<CritiqueSource, { kind: 'problems' }>,
  policy = defaultPolicy.name,
  grader?: CritiqueOptions['grader'],
): Promise<Source> {
  const withSolution = source.problems.filter(({ solution }) => (solution ?? '').trim() !== '');
  return {
    id: `set ${source.problemSet.name}`,
    problems: withSolution,
    problemSet: source.problemSet,
    solutions: await withGrading(policy, grader, (grade) =>
      Promise.all(withSolution.map((problem) => writtenSolution(problem, problem.solution ?? '', grade))),
    ),
    policy,
    parents: [],
  };
}

function jobsOf(source: Source, options: CritiqueOptions, template: string): Job<Critique>[] {
  const problems = new Map(source.problems.map((problem) => [problem.id, problem]));
  return source.solutions.flatMap((solution) => {
    const problem = problems.get(solution.problemId);
    return problem === undefined ? [] : critiqueJobs(problem, solution, options.n, { ...options, template });
  });
}
