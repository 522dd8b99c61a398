/** `evaluate`: solutions, grades and what they amount to. */
import { type Command, Option } from 'commander';
import { measureRun, summarize } from '../../node/comparison/index.ts';
import { evaluate, type PipelineResult } from '../../node/pipeline/index.ts';
import { readWorkspace } from '../../node/workspace/index.ts';
import { summaryText, type TextFormat } from '../comparisonText.ts';
import { type Context, createContext, wholeNumber } from '../context.ts';
import { type GenerationOptions, generationOptions, openProblemSet, withPipeline } from '../generation.ts';

export function registerEvaluate(program: Command, signal: AbortSignal): void {
  generationOptions(
    program
      .command('evaluate')
      .argument('<set>', 'problem file, or its name in reflection.json')
      .option('-n <samples>', 'solutions per problem (default: 4)', wholeNumber(1))
      .addOption(formatOption())
      .description('Sample solutions of each problem, grade them, and print the metrics with intervals.'),
  ).action(async (set: string, options: GenerationOptions & { n?: number; format: TextFormat }) => {
    const context = createContext(options, signal);
    const { problems, identity } = await openProblemSet(context, set, options.problem);
    const { config } = await readWorkspace(context.workspace);
    const run = { kind: 'evaluate' as const, subject: identity.name };
    const result = await withPipeline(context, options, run, (base) =>
      evaluate({ ...base, problems, problemSet: identity, n: options.n ?? config.defaults.n ?? 4 }),
    );
    await reportRun(context, result, options.format);
  });
}

export function formatOption(): Option {
  return new Option('--format <form>', 'of the metrics').choices(['table', 'md', 'latex']).default('table');
}

/** The run's metrics, and where it lies. */
export async function reportRun(context: Context, result: PipelineResult, format: TextFormat): Promise<void> {
  const summary = summarize(await measureRun(result.dir));
  context.output.result({ ...result, summary }, `${summaryText(summary, format)}\n\n${result.dir}`);
}
