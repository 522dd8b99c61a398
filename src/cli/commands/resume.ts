/** `resume`: goes on with a run as its own manifest describes it. */
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { samplesAskedFor, sizeAskedFor } from '../../core/runs/index.ts';
import { type ModelConfig, modelConfigSchema } from '../../core/schema/model.ts';
import type { ModelIdentity, RunManifest } from '../../core/schema/run.ts';
import { connectEngine } from '../../node/engines/index.ts';
import {
  type CritiqueSource,
  continuedIn,
  critique,
  type DatasetOptions,
  type EvaluateOptions,
  evaluate,
  type PipelineResult,
  type SampleOptions,
  type SampleOutcome,
  type SampleSettings,
  sample,
  sampleSettingsSchema,
  type WrittenDataset,
} from '../../node/pipeline/index.ts';
import { type RunData, readRun, resolveRun } from '../../node/runs/index.ts';
import { readWorkspace, resolveModel } from '../../node/workspace/index.ts';
import { type BudgetOptions, budgetOption } from '../budget.ts';
import { type CommonOptions, type Context, common, createContext } from '../context.ts';
import { reopenHeldOut, withConnected } from '../critic.ts';
import { datasetFacts, funnelText } from '../datasetReport.ts';
import { type PipelineBase, runPipeline } from '../generation.ts';
import { type LiveOptions, liveOption } from '../live.ts';
import { reportRun } from './evaluate.ts';
import { runTrainer } from './train.ts';

export function registerResume(program: Command, signal: AbortSignal): void {
  const command = common(
    program
      .command('resume')
      .argument('<run>', 'name, part of one, or directory')
      .option('--python <command>', 'interpreter for training')
      .option('--detach', 'training: start it and return')
      .description(
        'Go on with a run: fill in missing and failed samples, or train on from the last checkpoint.',
      ),
  );
  liveOption(budgetOption(command)).action(async (name: string, options: ResumeOptions) => {
    const context = createContext(options, signal);
    const run = await readRun(await resolveRun(context.workspace, name));
    if (run.manifest.kind === 'train') {
      await runTrainer(context, run.dir, options);
      return;
    }
    const result = await resumeSampling(context, run, options);
    if (isSampled(result)) {
      const { dataset, ...rest } = result;
      context.output.result({ ...rest, ...datasetFacts(dataset) }, funnelText(dataset));
    } else await reportRun(context, result, { format: 'table' });
  });
}

interface ResumeOptions extends CommonOptions, BudgetOptions, LiveOptions {
  readonly python?: string;
  readonly detach?: boolean;
}

function isSampled(result: PipelineResult): result is SampleOutcome & { dataset: WrittenDataset } {
  return 'dataset' in result && result.dataset !== null;
}

async function resumeSampling(
  context: Context,
  run: RunData,
  { budget, live }: BudgetOptions & LiveOptions,
): Promise<PipelineResult> {
  const { manifest, dir } = run;
  const { model, prompts, sampling } = manifest;
  if (!model || !prompts || !sampling) throw incomplete(dir);
  const engine = await connectEngine(await modelConfig(context, model), context.signal, {
    onWarning: context.output.warn,
  });
  try {
    return await runPipeline(context, engine, (base) => goOn(context, run, base), {
      dir,
      title: manifest.title,
      prompts,
      sampling,
      seed: manifest.seed,
      ...(manifest.grader === undefined ? {} : { policy: manifest.grader.policy }),
      parents: manifest.parents,
      ...(budget === undefined ? {} : { budget }),
      ...(live === true ? { isLive: true } : {}),
    });
  } finally {
    await engine.close();
  }
}

function goOn(context: Context, run: RunData, base: PipelineBase): Promise<PipelineResult> {
  const { manifest, problems, dir } = run;
  const { problemSet } = manifest;
  const n = samplesAskedFor(manifest, run.events);
  if (!problemSet) throw incomplete(dir);
  switch (manifest.kind) {
    case 'evaluate':
      return evaluate({ ...base, problems, problemSet, n, ...continuation(manifest), ...stopping(manifest) });
    case 'critique':
      return critique({ ...base, ...critiqueSource(run), n });
    case 'sample':
      return resumeSample(context, run, { ...base, problems, problemSet, n });
    default:
      throw incomplete(dir);
  }
}

function continuation(manifest: RunData['manifest']) {
  const continued = continuedIn(manifest);
  return continued === undefined ? {} : { continued };
}

function stopping({ stopping: rule }: RunManifest): Pick<EvaluateOptions, 'settled'> {
  return rule?.rule === 'settled' ? { settled: rule } : {};
}

function incomplete(dir: string): UserError {
  return new UserError('not-resumable', 'the manifest does not say how to go on', {
    place: { file: dir },
    remedy: 'Run the original command again with the same --run-dir.',
  });
}

/**
 * The model as it was recorded, with what `reflection.json` says of it still: the key's variable, requests in flight. The
 * number of processes and slots is chosen anew for this machine.
 */
async function modelConfig(context: Context, identity: ModelIdentity): Promise<ModelConfig> {
  const { name, engine, path, baseUrl } = identity;
  const workspace = await readWorkspace(context.workspace);
  if (Object.hasOwn(workspace.config.models, name)) {
    const { config } = await resolveModel(workspace, name);
    const isSame =
      config.engine === 'llama'
        ? engine === 'llama' && config.path === path
        : config.model === path && config.baseUrl === baseUrl;
    if (isSame) return config;
  }
  return modelConfigSchema.parse(
    engine === 'llama' ? { name, engine, path } : { name, engine, baseUrl: baseUrl ?? '', model: path },
  );
}

/** Critiques of a run go back to that run, which lies beside; those of a file to the problems kept here. */
function critiqueSource({ manifest, problems, solutions, dir }: RunData) {
  const template = z.enum(['sampling', 'training']).parse(manifest.options.template);
  const parent = manifest.parents.find(({ kind, role }) => kind === 'run' && role === 'solutions');
  const problemSet = manifest.problemSet;
  if (parent === undefined) {
    if (!problemSet) throw incomplete(dir);
    return { template, source: { kind: 'problems' as const, problems, problemSet } };
  }
  const isWhole = manifest.options.source === `run ${parent.id}`;
  const source: CritiqueSource = {
    kind: 'run',
    dir: path.join(path.dirname(dir), parent.id),
    ...(isWhole ? {} : { solutionIds: solutions.map(({ id }) => id) }),
  };
  return { template, source };
}

async function resumeSample(
  context: Context,
  { manifest, events, dir }: RunData,
  base: PipelineBase & Pick<SampleOptions, 'problems' | 'problemSet' | 'n'>,
): Promise<PipelineResult> {
  const settings = sampleSettingsSchema.parse(manifest.options);
  const { critic, solutionsOf } = settings;
  const dataset = await resumedDataset(context, settings, sizeAskedFor(settings.size, events));
  const options: SampleOptions = {
    ...base,
    critiques: manifest.critiques ?? 0,
    ...(manifest.critiqueSampling ? { critiqueSampling: manifest.critiqueSampling } : {}),
    ...(settings.dataset === 'scft' ? { critiquesPerCorrect: settings.critiquesPerCorrect } : {}),
    ...(solutionsOf === undefined
      ? {}
      : {
          solutionsOf: {
            dir: path.join(path.dirname(dir), solutionsOf.run),
            ...(solutionsOf.solutionIds === null ? {} : { solutionIds: solutionsOf.solutionIds }),
          },
        }),
    dataset,
  };
  if (critic === undefined) return sample(options);
  const { prompts, ...identity } = critic;
  return withConnected(context, await modelConfig(context, identity), prompts, (connected) =>
    sample({ ...options, critic: connected }),
  );
}

async function resumedDataset(
  context: Context,
  settings: SampleSettings,
  size: number | null,
): Promise<DatasetOptions> {
  const { verdictMustMatch, maxTokens, heldOut, output } = settings;
  const filters = {
    ...(verdictMustMatch === undefined ? {} : { verdictMustMatch }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(heldOut === undefined ? {} : { heldOut: await reopenHeldOut(context, heldOut) }),
  };
  const common = { size, filters, ...(output === undefined ? {} : { output }) };
  switch (settings.dataset) {
    case 'scft':
      return { kind: 'scft', mix: settings.mix, ...common };
    case 'self-distill':
      return { kind: 'self-distill', ...common };
    case 's2r':
      return {
        kind: 's2r',
        style: settings.style,
        isThinned: settings.isThinned,
        isRefined: settings.refinement !== undefined,
        ...common,
      };
    case 'offline':
      return { kind: 'offline', accuracy: settings.accuracy, isBalanced: settings.isBalanced, ...common };
    default:
      throw new Error(`no such kind of dataset: ${JSON.stringify(settings satisfies never)}`);
  }
}
