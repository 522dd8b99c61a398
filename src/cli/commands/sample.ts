/** `sample`: rejection sampling to a dataset, with the funnel that says why it is the size it is. */
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import { defaultSampling, offlineSampling, s2rSampling } from '../../core/prompts/index.ts';
import type { DatasetKind } from '../../core/schema/dataset.ts';
import type { Prompts, SamplingOptions } from '../../core/schema/run.ts';
import {
  type DatasetOptions,
  datasetFromRun,
  readDatasetMeta,
  type SampleOptions,
  sample,
  type WrittenDataset,
} from '../../node/pipeline/index.ts';
import { type RunData, readRun, resolveRun } from '../../node/runs/index.ts';
import { type Context, createContext, numberFrom, ratio, wholeNumber } from '../context.ts';
import { openHeldOut, withCritic } from '../critic.ts';
import { datasetFacts, funnelText } from '../datasetReport.ts';
import { refuseFields } from '../fieldOption.ts';
import {
  type GenerationOptions,
  generationOptions,
  openProblemSet,
  type PipelineBase,
  type RunRequest,
  withPipeline,
} from '../generation.ts';

interface SampleCommandOptions extends GenerationOptions {
  readonly kind: DatasetKind;
  readonly solutions?: number;
  readonly critiques?: number;
  readonly critic?: string;
  readonly critiqueTemperature?: number;
  readonly mix: [number, number];
  readonly size?: number;
  readonly output?: string;
  readonly heldOut?: string;
  readonly maxLength?: number;
  readonly verdictMustMatch?: boolean;
  readonly reviewed?: boolean;
  readonly solution: string[];
  readonly style: 'confirmative' | 'problem-solving';
  readonly keepAll?: boolean;
  readonly refine?: boolean;
  readonly accuracy: [number, number];
  readonly balance: boolean;
}

/** Samples per problem, and critiques per solution or answer, where none are asked for (spec A2, B3, B7). */
const COUNTS: Readonly<Record<DatasetKind, { solutions: number; critiques: number }>> = {
  scft: { solutions: 4, critiques: 4 },
  'self-distill': { solutions: 4, critiques: 0 },
  s2r: { solutions: 5, critiques: 1 },
  offline: { solutions: 8, critiques: 0 },
};

export function registerSample(program: Command, signal: AbortSignal): void {
  const command = program
    .command('sample')
    .argument('<set|run>', 'problem file to sample on, or a run: its critiques are filtered without sampling')
    .addOption(
      new Option(
        '--kind <kind>',
        'scft: critiques; self-distill: right solutions; s2r: trajectories; offline: rollouts',
      )
        .choices(Object.keys(COUNTS))
        .default('scft'),
    )
    .option('--solutions <n>', 'solutions per problem (default: 4; s2r 5; offline 8)', wholeNumber(1))
    .option(
      '--critiques <n>',
      'critiques of each wrong solution (default: 4); s2r: verifications of each answer (default: 1)',
      wholeNumber(1),
    )
    .option('--critic <model>', 'another model that criticises or verifies (default: the model itself)')
    .option(
      '--critique-temperature <t>',
      'temperature of the critiques (default: that of the solutions; s2r 0.1)',
      numberFrom(0),
    )
    .option('--mix <i2c:c2c>', 'scft: corrections to confirmations', ratio, [2, 1])
    .option(
      '--size <records>',
      'records wanted; sampling stops there (default: all there are)',
      wholeNumber(1),
    )
    .option('-o, --output <file>', 'dataset file, .jsonl (default: dataset.jsonl in the run)')
    .option('--held-out <set>', 'problem set that must not be trained on: its problems are left out')
    .option('--max-length <tokens>', 'drop what is longer than this', wholeNumber(1))
    .option(
      '--verdict-must-match',
      'scft: drop critiques whose verdict contradicts the grade of the solution',
    );
  runOptions(kindOptions(command));
  generationOptions(command)
    .description('Rejection-sample a dataset for training. Reviews overrule the filters.')
    .action((wanted: string, options: SampleCommandOptions, own: Command) =>
      runSample(createContext(options, signal), wanted, options, own),
    );
}

function kindOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--style <style>', 's2r: how verifications go about it')
        .choices(['confirmative', 'problem-solving'])
        .default('confirmative'),
    )
    .option('--refine', 's2r: the verifier rewrites its verifications as self-checks (default: rules do it)')
    .option('--keep-all', 's2r: keep every trajectory, where the paper thins them out by difficulty')
    .option(
      '--accuracy <low:high>',
      'offline: shares of right rollouts a problem may have',
      share,
      [0.1, 0.7],
    )
    .option('--no-balance', 'offline: keep more rollouts that are never right than others');
}

function runOptions(command: Command): Command {
  return command
    .option(
      '--reviewed',
      'of a run: only critiques that a person accepted or edited, every one of them unless --mix is given',
    )
    .option(
      '--solution <id>',
      'of a run: criticise only this solution; may be repeated',
      (id: string, all: string[]) => [...all, id],
      [],
    );
}

/** `0.1:0.7` */
function share(text: string): [number, number] {
  const [low, high] = text.split(':').map(Number);
  if (low !== undefined && high !== undefined && low >= 0 && low <= high && high <= 1) return [low, high];
  throw new InvalidArgumentError('expected two shares such as 0.1:0.7.');
}

async function runSample(
  context: Context,
  wanted: string,
  options: SampleCommandOptions,
  command: Command,
): Promise<void> {
  if (!/\.(jsonl|json|csv|parquet|md)$/i.test(wanted)) {
    const hasMix = command.getOptionValueSource('mix') === 'cli';
    return fromRun(context, wanted, options, options.reviewed === true && !hasMix ? 'all' : options.mix);
  }
  if (options.reviewed === true || options.solution.length > 0) {
    const option = options.reviewed === true ? '--reviewed' : '--solution';
    throw new UserError('usage', `${option} is about the samples of a run, and ${wanted} is a file`, {
      remedy: 'Name the run.',
    });
  }
  const { problems, identity } = await openProblemSet(context, wanted, options);
  const subject = { problems, problemSet: identity, n: options.solutions ?? COUNTS[options.kind].solutions };
  await sampleNow(context, options, { kind: 'sample', subject: identity.name }, subject);
}

/** Solutions and critiques that are there make a dataset at once; solutions alone are criticised first. */
async function fromRun(
  context: Context,
  wanted: string,
  options: SampleCommandOptions,
  mix: [number, number] | 'all',
): Promise<void> {
  refuseFields(options, wanted);
  const dir = await resolveRun(context.workspace, wanted);
  const run = await readRun(dir);
  const needsCritiques = options.kind === 'scft' || options.kind === 's2r';
  const isAsked = options.critic !== undefined || options.solution.length > 0;
  if (needsCritiques && (isAsked || (run.critiques.length === 0 && options.reviewed !== true))) {
    return criticiseRun(context, run, options);
  }
  if (options.policy !== undefined) {
    throw new UserError('usage', `--policy grades new samples, and ${wanted} is a run with grades`, {
      remedy: 'Leave it out; the dataset records the policy of the run.',
    });
  }
  if (options.output === undefined) {
    throw new UserError('usage', 'a dataset made from a run needs a file to go to', {
      remedy: 'Add -o data.jsonl.',
    });
  }
  const wantedDataset = await datasetOptions(context, options);
  const output = path.resolve(options.output);
  const size = options.size ?? (await sizeOfCompared(context, run, options.kind));
  report(
    context,
    await datasetFromRun(dir, {
      ...wantedDataset,
      ...(wantedDataset.kind === 'scft' ? { mix } : {}),
      size,
      ...(options.reviewed === undefined ? {} : { reviewed: options.reviewed }),
      output,
    }),
  );
}

/** The baseline is compared at equal size: that of the run's own SCFT dataset, where it has one. */
async function sizeOfCompared(context: Context, run: RunData, kind: DatasetKind): Promise<number | null> {
  if (kind !== 'self-distill') return null;
  const meta = await readDatasetMeta(path.join(run.dir, 'dataset.meta.json'));
  if (meta?.kind !== 'scft') return null;
  context.output.note(`as many records as the SCFT dataset of the run: ${meta.records}`);
  return meta.records;
}

async function criticiseRun(context: Context, run: RunData, options: SampleCommandOptions): Promise<void> {
  const { manifest, problems, dir } = run;
  const { model, prompts, problemSet } = manifest;
  if (problemSet === undefined || run.solutions.length === 0) {
    throw new UserError('no-solutions', `The run ${manifest.id} holds no solutions.`, {
      place: { file: dir },
      remedy: 'Name a run of kind evaluate, critique or sample, or a problem file.',
    });
  }
  const solutionIds = options.solution;
  const request: RunRequest = {
    kind: 'sample',
    subject: manifest.id,
    ...(model === undefined
      ? {}
      : { model: model.engine === 'llama' ? model.path : `openai:${model.path}@${model.baseUrl ?? ''}` }),
    ...(prompts === undefined ? {} : { prompts }),
  };
  await sampleNow(context, options, request, {
    problems,
    problemSet,
    n: Math.max(...run.solutions.map(({ index }) => index)) + 1,
    solutionsOf: { dir, ...(solutionIds.length > 0 ? { solutionIds } : {}) },
  });
}

type Subject = Pick<SampleOptions, 'problems' | 'problemSet' | 'n' | 'solutionsOf'>;

async function sampleNow(
  context: Context,
  options: SampleCommandOptions,
  request: RunRequest,
  subject: Subject,
): Promise<void> {
  const { kind } = options;
  const dataset = await datasetOptions(context, options);
  const critiques = kind === 'scft' || kind === 's2r' ? (options.critiques ?? COUNTS[kind].critiques) : 0;
  const sampling = (prompts: Prompts) => solutionSampling(kind, prompts);
  const result = await withPipeline(context, options, { ...request, sampling }, (base) =>
    withCritic(context, options.critic, (critic) => {
      const asked = critic?.prompts ?? base.prompts;
      return sample({
        ...base,
        ...subject,
        parents: [...(base.parents ?? []), ...parentsOf(subject)],
        critiques,
        ...(critic === undefined ? {} : { critic }),
        critiqueSampling: critiqueSampling(options, base, asked),
        dataset,
      });
    }),
  );
  const { dataset: written, ...rest } = result;
  context.output.result(
    { ...rest, ...(written ? datasetFacts(written) : { dataset: null }) },
    written ? funnelText(written) : result.dir,
  );
}

function parentsOf({ solutionsOf }: Subject): NonNullable<SampleOptions['parents']> {
  return solutionsOf === undefined
    ? []
    : [{ kind: 'run', id: path.basename(solutionsOf.dir), role: 'solutions' }];
}

function solutionSampling(kind: DatasetKind, prompts: Prompts): SamplingOptions {
  if (kind === 's2r') return s2rSampling(prompts).solutions;
  return kind === 'offline' ? offlineSampling(prompts) : defaultSampling(prompts);
}

function critiqueSampling(
  { kind, critiqueTemperature }: SampleCommandOptions,
  { prompts, sampling }: PipelineBase,
  asked: Prompts,
): SamplingOptions {
  const own = kind === 's2r' ? s2rSampling(asked).critiques : { ...defaultSampling(prompts), ...sampling };
  return { ...own, ...(critiqueTemperature === undefined ? {} : { temperature: critiqueTemperature }) };
}

async function datasetOptions(context: Context, options: SampleCommandOptions): Promise<DatasetOptions> {
  const { kind, mix, style, accuracy, maxLength, heldOut } = options;
  const common = {
    size: options.size ?? null,
    filters: {
      ...(kind === 'scft' ? { verdictMustMatch: options.verdictMustMatch ?? false } : {}),
      ...(maxLength === undefined ? {} : { maxTokens: maxLength }),
      ...(heldOut === undefined ? {} : { heldOut: await openHeldOut(context, heldOut) }),
    },
    ...(options.output === undefined ? {} : { output: path.resolve(options.output) }),
  };
  switch (kind) {
    case 'scft':
      return { kind, mix, ...common };
    case 'self-distill':
      return { kind, ...common };
    case 's2r':
      return {
        kind,
        style,
        isThinned: options.keepAll !== true,
        isRefined: options.refine === true,
        ...common,
      };
    case 'offline':
      return { kind, accuracy, isBalanced: options.balance, ...common };
    default:
      throw new Error(`no such kind of dataset: ${kind satisfies never}`);
  }
}

function report(context: Context, dataset: WrittenDataset): void {
  context.output.result(datasetFacts(dataset), funnelText(dataset));
}
