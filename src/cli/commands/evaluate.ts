/** `evaluate`: solutions, grades and what they amount to. */
import { type Command, Option } from 'commander';
import type { CompareOptions } from '../../core/stats/index.ts';
import { measureRun, summarize } from '../../node/comparison/index.ts';
import { evaluate, type PipelineResult } from '../../node/pipeline/index.ts';
import { readWorkspace } from '../../node/workspace/index.ts';
import { summaryText, type TextFormat } from '../comparisonText.ts';
import { type CommonOptions, type Context, createContext, wholeNumber } from '../context.ts';
import { type GenerationOptions, generationOptions, openProblemSet, withPipeline } from '../generation.ts';

export function registerEvaluate(program: Command, signal: AbortSignal): void {
  generationOptions(
    metricsOptions(
      program
        .command('evaluate')
        .argument('<set>', 'problem file, or its name in reflection.json')
        .option('-n <samples>', 'solutions per problem (default: 4)', wholeNumber(1)),
    ).description('Sample solutions of each problem, grade them, and print the metrics with intervals.'),
  ).action(async (set: string, options: GenerationOptions & MetricsOptions & { n?: number }) => {
    const context = createContext(withJson(options), signal);
    const { problems, identity } = await openProblemSet(context, set, options);
    const { config } = await readWorkspace(context.workspace);
    const run = { kind: 'evaluate' as const, subject: identity.name };
    const result = await withPipeline(context, options, run, (base) =>
      evaluate({
        ...base,
        problems,
        problemSet: identity,
        n: options.n ?? config.defaults.n ?? 4,
      }),
    );
    await reportRun(context, result, options);
  });
}

/** How metrics are printed. */
export interface MetricsOptions {
  readonly format: TextFormat | 'json';
  readonly detail?: boolean;
}

export function metricsOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <form>', 'of the metrics; json is the same as --json')
        .choices(['table', 'json', 'md', 'latex'])
        .default('table'),
    )
    .option('--detail', 'every metric that the rows allow, not only the main ones');
}

/** The options with `json` set where the format asks for it. */
export function withJson<T extends CommonOptions & MetricsOptions>(options: T): T {
  return { ...options, json: options.json === true || options.format === 'json' };
}

/** The form of the text beside the JSON value, which is not shown then. */
export function textFormat({ format }: MetricsOptions): TextFormat {
  return format === 'json' ? 'table' : format;
}

/** Which metrics: with `--detail` those under the reflection lists of `reflection.json`, too. */
export async function metricsSettings(
  workspace: string,
  { detail }: Pick<MetricsOptions, 'detail'>,
): Promise<Pick<CompareOptions, 'detail' | 'lists'>> {
  const { config } = await readWorkspace(workspace);
  return { detail: detail === true, lists: config.reflectionLists };
}

/** The run's metrics, and where it lies. */
export async function reportRun(
  context: Context,
  result: PipelineResult,
  options: MetricsOptions,
): Promise<void> {
  const measured = await measureRun(result.dir);
  const { leakage } = measured.run.manifest;
  if (leakage !== undefined) {
    const { leaked, total } = leakage;
    const some = leaked.slice(0, 5).join(', ');
    context.output.warn(
      `the model was trained on ${leaked.length} of these ${total} problems (${some}${leaked.length > 5 ? ', ...' : ''})`,
    );
  }
  const summary = summarize(measured, await metricsSettings(context.workspace, options));
  context.output.result(
    { ...result, summary },
    `${summaryText(summary, textFormat(options))}\n\n${result.dir}`,
  );
}
