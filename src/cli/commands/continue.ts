/** `continue`: keeps the beginning of a solution and has a model finish it anew. */
import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { continuedSolution, evaluate } from '../../node/pipeline/index.ts';
import { identifyProblems } from '../../node/problems/readProblems.ts';
import { readRun, resolveRun } from '../../node/runs/index.ts';
import { createContext, wholeNumber } from '../context.ts';
import { refuseFields } from '../fieldOption.ts';
import { type GenerationOptions, generationOptions, withPipeline } from '../generation.ts';
import { type MetricsOptions, metricsOptions, reportRun, withJson } from './evaluate.ts';

interface ContinueOptions extends GenerationOptions, MetricsOptions {
  readonly n: number;
  readonly solution: string;
  readonly at: number;
}

export function registerContinue(program: Command, signal: AbortSignal): void {
  const command = generationOptions(
    program
      .command('continue')
      .argument('<run>', 'run with the solution')
      .requiredOption('--solution <id>', 'the solution to go on with')
      .requiredOption('--at <offset>', 'characters of it that are kept', wholeNumber(0))
      .option('-n <samples>', 'continuations', wholeNumber(1), 4)
      .description('Keep the beginning of a solution, sample new endings, and grade them.'),
  );
  metricsOptions(command).action(async (wanted: string, options: ContinueOptions) => {
    const context = createContext(withJson(options), signal);
    refuseFields(options, wanted);
    const source = await readRun(await resolveRun(context.workspace, wanted));
    const continued = continuedSolution(source, options.solution, options.at);
    const { problemId } = source.solutions.find(({ id }) => id === options.solution) ?? {};
    const problems = source.problems.filter(({ id }) => id === problemId);
    if (problemId === undefined || problems.length === 0) {
      throw new UserError('no-problems', `The run does not hold the problem of ${options.solution}.`, {
        place: { file: source.dir },
        remedy: 'Evaluate the problem again.',
      });
    }
    const file = source.manifest.problemSet?.path ?? null;
    const run = { kind: 'evaluate' as const, subject: `${options.solution} from ${options.at}` };
    const result = await withPipeline(context, options, run, (base) =>
      evaluate({
        ...base,
        problems,
        problemSet: identifyProblems(problemId, file, problems),
        n: options.n,
        continued,
        parents: [...(base.parents ?? []), { kind: 'run', id: source.manifest.id, role: 'prefix' }],
      }),
    );
    await reportRun(context, result, options);
  });
}
