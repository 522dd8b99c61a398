/** `critique`: the model reads solutions and says what is wrong with them. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import { type CritiqueSource, critique } from '../../node/pipeline/index.ts';
import { resolveRun } from '../../node/runs/index.ts';
import { readWorkspace } from '../../node/workspace/index.ts';
import { type Context, createContext, repeated, wholeNumber } from '../context.ts';
import { refuseFields } from '../fieldOption.ts';
import {
  type GenerationOptions,
  generationOptions,
  namesProblems,
  openProblemSet,
  withPipeline,
} from '../generation.ts';
import { type MetricsOptions, metricsOptions, reportRun, withJson } from './evaluate.ts';

interface CritiqueCommandOptions extends GenerationOptions, MetricsOptions {
  readonly n?: number;
  readonly solution: string[];
  readonly template: 'sampling' | 'training';
}

export function registerCritique(program: Command, signal: AbortSignal): void {
  const command = generationOptions(
    program
      .command('critique')
      .argument('<run|set|document>', 'run with solutions, or a file with worked solutions')
      .option('-n <critiques>', 'critiques per solution (default: 1)', wholeNumber(1))
      .addOption(repeated('--solution <id>', 'only this solution of the run'))
      .addOption(
        new Option('--template <which>', 'prompt: for sampling, or the one that SCFT trains on')
          .choices(['sampling', 'training'])
          .default('sampling'),
      )
      .description('Critique solutions: verdict, findings and the transition that each critique makes.'),
  );
  metricsOptions(command).action(async (wanted: string, options: CritiqueCommandOptions) => {
    const context = createContext(withJson(options), signal);
    const { source, subject } = await critiqueSource(context, wanted, options);
    const { config } = await readWorkspace(context.workspace);
    const run = { kind: 'critique' as const, subject };
    const result = await withPipeline(context, options, run, (base) =>
      critique({
        ...base,
        source,
        n: options.n ?? config.defaults.critiques ?? 1,
        template: options.template,
      }),
    );
    await reportRun(context, result, options);
  });
}

async function critiqueSource(
  context: Context,
  wanted: string,
  options: Pick<CritiqueCommandOptions, 'solution' | 'problem' | 'seed' | 'field'>,
): Promise<{ source: CritiqueSource; subject: string }> {
  const { solution: solutionIds, problem } = options;
  if (!(await namesProblems(context, wanted))) {
    if (problem.length > 0) {
      throw new UserError('usage', '--problem names problems of a file, and this is a run', {
        remedy: 'Name solutions with --solution.',
      });
    }
    refuseFields(options, wanted);
    const dir = await resolveRun(context.workspace, wanted);
    const source: CritiqueSource = { kind: 'run', dir, ...(solutionIds.length > 0 ? { solutionIds } : {}) };
    return { source, subject: path.basename(dir) };
  }
  if (solutionIds.length > 0) {
    throw new UserError('usage', '--solution names solutions of a run, and this is a file', {
      remedy: 'Leave it out, or name the run.',
    });
  }
  const { problems, identity } = await openProblemSet(context, wanted, options);
  return { source: { kind: 'problems', problems, problemSet: identity }, subject: identity.name };
}
