/** `sample`: rejection sampling to an SCFT dataset, with the funnel that says why it is the size it is. */
import path from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { defaultSampling } from '../../core/prompts/index.ts';
import { datasetText } from '../../core/sampling/index.ts';
import { datasetFromRun, sample, type WrittenDataset } from '../../node/pipeline/index.ts';
import { resolveRun } from '../../node/runs/index.ts';
import { type Context, createContext, numberFrom, ratio, wholeNumber } from '../context.ts';
import { refuseFields } from '../fieldOption.ts';
import { type GenerationOptions, generationOptions, openProblemSet, withPipeline } from '../generation.ts';
import { table } from '../tables.ts';

export interface SampleCommandOptions extends GenerationOptions {
  readonly solutions: number;
  readonly critiques: number;
  readonly critiqueTemperature?: number;
  readonly mix: [number, number];
  readonly size?: number;
  readonly output?: string;
  readonly verdictMustMatch?: boolean;
  readonly reviewed?: boolean;
}

export function registerSample(program: Command, signal: AbortSignal): void {
  generationOptions(
    program
      .command('sample')
      .argument(
        '<set|run>',
        'problem file to sample on, or a run whose critiques are filtered without sampling',
      )
      .option('--solutions <n>', 'solutions per problem', wholeNumber(1), 4)
      .option('--critiques <n>', 'critiques of each wrong solution', wholeNumber(1), 4)
      .option(
        '--critique-temperature <t>',
        'temperature of the critiques (default: that of the solutions)',
        numberFrom(0),
      )
      .option('--mix <i2c:c2c>', 'corrections to confirmations', ratio, [2, 1])
      .option('--size <records>', 'records wanted (default: as many as the mix allows)', wholeNumber(1))
      .option('-o, --output <file>', 'dataset file, .jsonl (default: dataset.jsonl in the run)')
      .option('--verdict-must-match', 'drop critiques whose verdict contradicts the grade of the solution')
      .option(
        '--reviewed',
        'of a run: only critiques that a person accepted or edited, every one of them unless --mix is given',
      )
      .description('Rejection-sample critiques into an SCFT dataset. Reviews overrule the filters.'),
  ).action(async (wanted: string, options: SampleCommandOptions, command: Command) => {
    const context = createContext(options, signal);
    if (!/\.(jsonl|json|csv|parquet|md)$/i.test(wanted)) {
      const hasMix = command.getOptionValueSource('mix') === 'cli';
      return fromRun(context, wanted, options, options.reviewed === true && !hasMix ? 'all' : options.mix);
    }
    if (options.reviewed === true) {
      throw new UserError('usage', `--reviewed takes the critiques of a run, and ${wanted} is a file`, {
        remedy: 'Name the run whose critiques were reviewed.',
      });
    }
    const { problems, identity } = await openProblemSet(context, wanted, options);
    const run = { kind: 'sample' as const, subject: identity.name };
    const result = await withPipeline(context, options, run, (base) =>
      sample({
        ...base,
        ...datasetOptions(options),
        problems,
        problemSet: identity,
        n: options.solutions,
        critiques: options.critiques,
        critiqueSampling: {
          ...defaultSampling(base.prompts),
          ...base.sampling,
          ...(options.critiqueTemperature === undefined ? {} : { temperature: options.critiqueTemperature }),
        },
      }),
    );
    const { dataset, ...rest } = result;
    context.output.result(
      { ...rest, ...(dataset ? datasetFacts(dataset) : { dataset: null }) },
      dataset ? funnelText(dataset) : result.dir,
    );
  });
}

async function fromRun(
  context: Context,
  wanted: string,
  options: SampleCommandOptions,
  mix: [number, number] | 'all',
): Promise<void> {
  refuseFields(options, wanted);
  if (options.policy !== undefined) {
    throw new UserError('usage', `--policy grades new samples, and ${wanted} is a run with grades`, {
      remedy: 'Leave it out; the dataset records the policy of the run.',
    });
  }
  const dir = await resolveRun(context.workspace, wanted);
  if (options.output === undefined) {
    throw new UserError('usage', 'a dataset made from a run needs a file to go to', {
      remedy: 'Add -o data.jsonl.',
    });
  }
  const dataset = await datasetFromRun(dir, {
    ...datasetOptions(options),
    mix,
    ...(options.reviewed === undefined ? {} : { reviewed: options.reviewed }),
    output: path.resolve(options.output),
  });
  context.output.result(datasetFacts(dataset), funnelText(dataset));
}

function datasetOptions(options: SampleCommandOptions) {
  return {
    mix: options.mix,
    size: options.size ?? null,
    filters: { verdictMustMatch: options.verdictMustMatch ?? false },
    ...(options.output === undefined ? {} : { output: path.resolve(options.output) }),
  };
}

function datasetFacts(dataset: WrittenDataset) {
  return {
    dataset: dataset.file,
    metaFile: dataset.metaFile,
    meta: dataset.meta,
    dropped: dataset.dropped.length,
  };
}

/** Each filter with what came in and what it dropped, then the mix. */
export function funnelText({ meta, file, isUnchanged }: WrittenDataset): string {
  const rows = meta.funnel.map(({ filter, entered, dropped }) => [filter, String(entered), String(dropped)]);
  return [
    table(['filter', 'entered', 'dropped'], rows),
    '',
    `${meta.records} records: ${datasetText(meta)}${meta.kind === 'scft' ? ` (asked ${meta.mix.join(':')})` : ''}`,
    ...(meta.shortfall ? [meta.shortfall] : []),
    ...(meta.reviews.accepted + meta.reviews.rejected > 0
      ? [`reviews: ${meta.reviews.accepted} accepted, ${meta.reviews.rejected} rejected`]
      : []),
    `${file}${isUnchanged ? ' (unchanged)' : ''}`,
  ].join('\n');
}
