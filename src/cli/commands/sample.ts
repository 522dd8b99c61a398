/** `sample`: rejection sampling to a dataset, with the funnel that says why it is the size it is. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { DatasetKind } from '../../core/schema/dataset.ts';
import type { ModelIdentity, Prompts } from '../../core/schema/run.ts';
import {
  datasetFromRun,
  readDatasetMeta,
  type SampleOptions,
  sample,
  type WrittenDataset,
} from '../../node/pipeline/index.ts';
import { type RunData, readRun, resolveRun } from '../../node/runs/index.ts';
import { readWorkspace } from '../../node/workspace/index.ts';
import { type Context, createContext, ratio, wholeNumber } from '../context.ts';
import { withCritic } from '../critic.ts';
import { datasetFacts, funnelText } from '../datasetReport.ts';
import { refuseFields } from '../fieldOption.ts';
import {
  generationOptions,
  namesProblems,
  openProblemSet,
  type RunRequest,
  temperature,
  withPipeline,
} from '../generation.ts';
import {
  COUNTS,
  critiqueSampling,
  datasetOptions,
  kindOptions,
  runOptions,
  type SampleCommandOptions,
  solutionSampling,
} from '../sampleRequest.ts';

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
      temperature,
    )
    .addOption(
      new Option('--mix <i2c:c2c>', 'scft: corrections to confirmations')
        .argParser(ratio)
        .default([2, 1], '2:1'),
    )
    .option(
      '--size <records>',
      'records wanted; sampling stops there (default: all there are)',
      wholeNumber(1),
    )
    .option(
      '-o, --output <file>',
      'dataset file, .jsonl; only a dataset as it was written is replaced (default: dataset.jsonl in the run)',
    )
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

async function runSample(
  context: Context,
  wanted: string,
  options: SampleCommandOptions,
  command: Command,
): Promise<void> {
  if (!(await namesProblems(context, wanted))) {
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
  if (meta?.kind !== 'scft' || meta.records === 0) return null;
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
  const { config } = await readWorkspace(context.workspace);
  const solutionIds = options.solution;
  const request: RunRequest = {
    kind: 'sample',
    subject: manifest.id,
    ...(model === undefined
      ? {}
      : { model: Object.hasOwn(config.models, model.name) ? model.name : modelText(model) }),
    ...(prompts === undefined ? {} : { prompts }),
  };
  await sampleNow(context, options, request, {
    problems,
    problemSet,
    n: run.solutions.reduce((most, { index }) => Math.max(most, index + 1), 0),
    solutionsOf: { dir, ...(solutionIds.length > 0 ? { solutionIds } : {}) },
  });
}

/** How the command line names a model that `reflection.json` does not. */
function modelText({ engine, path: file, baseUrl }: ModelIdentity): string {
  return engine === 'llama' ? file : `openai:${file}@${baseUrl ?? ''}`;
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

function report(context: Context, dataset: WrittenDataset): void {
  context.output.result(datasetFacts(dataset), funnelText(dataset));
}
