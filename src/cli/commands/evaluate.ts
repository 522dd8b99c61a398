/** `evaluate`: solutions, grades and what they amount to. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CompareOptions, DEFAULT_SETTLED, type UnbiasedPass } from '../../core/stats/index.ts';
import { measureRun, summarize } from '../../node/comparison/index.ts';
import { summariesOf } from '../../node/comparison/runSummary.ts';
import { evaluate, type PipelineResult } from '../../node/pipeline/index.ts';
import { readManifest } from '../../node/runs/index.ts';
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
        .option('-n <samples>', 'solutions per problem (default: 4)', wholeNumber(1))
        .addOption(
          new Option(
            '--adaptive [threshold]',
            'stop sampling a problem once it is settled on which side of this pass rate it lies; -n is then the most',
          )
            .argParser(share)
            .preset(DEFAULT_SETTLED.threshold),
        )
        .addHelpText('after', ADAPTIVE_HELP),
    ).description('Sample solutions of each problem, grade them, and print the metrics with intervals.'),
  ).action(async (set: string, options: EvaluateCommandOptions) => {
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
        ...(options.adaptive === undefined
          ? {}
          : { settled: { ...DEFAULT_SETTLED, threshold: options.adaptive } }),
      }),
    );
    await reportRun(context, result, options);
  });
}

interface EvaluateCommandOptions extends GenerationOptions, MetricsOptions {
  readonly n?: number;
  readonly adaptive?: number;
}

/** A share of which neither side is empty. */
function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('expected a pass rate between 0 and 1, such as 0.5.');
}

const ADAPTIVE_HELP = `
Adaptive sampling: after each ${DEFAULT_SETTLED.batch} samples a problem is tested with Robbins' mixture martingale, which holds its level
(${DEFAULT_SETTLED.level}) however often one looks. Rates of a run that stopped early lean to the extremes; what is printed as "unbiased
pass@1" does not (Girshick, Mosteller and Savage 1946). Use it to find hard and easy problems or to vote; to compare
models, sample both with a fixed -n, or compare the unbiased values. The rule is recorded in the run, and comparisons
say where runs differ in it.`;

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
  const { leakage } = await readManifest(result.dir);
  if (leakage !== undefined) {
    const { leaked, total } = leakage;
    const some = leaked.slice(0, 5).join(', ');
    context.output.warn(
      `the model was trained on ${leaked.length} of these ${total} problems (${some}${leaked.length > 5 ? ', ...' : ''})`,
    );
  }
  // Without the command's signal: what an interrupted run holds is shown, too.
  const settings = await metricsSettings(context.workspace, options);
  const { leftOut, unbiased, ...found } = await summariesOf(result.dir, settings);
  const summary = found.summary ?? summarize(await measureRun(result.dir), settings);
  context.output.result(
    { ...result, summary, ...(unbiased === null ? {} : { unbiased }) },
    [
      summaryText(summary, textFormat(options)),
      ...unbiasedLines(unbiased),
      ...leftOutLines(leftOut),
      result.dir,
    ].join('\n\n'),
  );
}

export function unbiasedLines(unbiased: UnbiasedPass | null): string[] {
  if (unbiased === null) return [];
  const percent = (value: number) => (100 * value).toFixed(1);
  const { value, interval, stopped, problems } = unbiased;
  const range = interval === null ? '' : ` [${percent(interval.low)}, ${percent(interval.high)}]`;
  return [
    `Adaptive: sampling stopped early on ${stopped} of ${problems} problems, and the rates above lean to the extremes.\n` +
      `Unbiased pass@1: ${percent(value)} %${range}`,
  ];
}

export function leftOutLines(leftOut: readonly string[]): string[] {
  if (leftOut.length === 0) return [];
  return [`Left out of a run of this size: ${leftOut.join(', ')}. They read every text: show RUN --detail.`];
}
