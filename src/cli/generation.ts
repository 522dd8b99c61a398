/** What evaluating, critiquing and sampling share: options, the model, progress, and how the command ends. */
import path from 'node:path';
import type { Command } from 'commander';
import { GRADING_POLICIES } from '../core/answers/index.ts';
import { clock } from '../core/clock.ts';
import { UserError } from '../core/errors.ts';
import { defaultSampling } from '../core/prompts/index.ts';
import { nearNames, type RunEstimate } from '../core/runs/index.ts';
import type { RunKind } from '../core/schema/common.ts';
import { type Prompts, type SamplingOptions, samplingSchema } from '../core/schema/run.ts';
import type { Engine } from '../node/engines/engine.ts';
import { connectEngine } from '../node/engines/index.ts';
import {
  newRunDir,
  type PipelineOptions,
  type PipelineProgress,
  type PipelineResult,
  policyNamed,
} from '../node/pipeline/index.ts';
import { identifyProblems, type ProblemSet, readProblemSet } from '../node/problems/readProblems.ts';
import { readWorkspace, resolveModel, resolvePrompts } from '../node/workspace/index.ts';
import { type BudgetOptions, budgetOption } from './budget.ts';
import { type CommonOptions, type Context, common, numberOf, repeated, wholeNumber } from './context.ts';
import { EXIT } from './exitCodes.ts';
import { type FieldOptions, fieldOption } from './fieldOption.ts';
import { type LiveOptions, liveOption, liveTexts } from './live.ts';
import type { Progress } from './output.ts';
import { tellFaults } from './problemFaults.ts';
import { runArgument } from './runArgument.ts';

export interface GenerationOptions extends CommonOptions, FieldOptions, BudgetOptions, LiveOptions {
  readonly model?: string;
  readonly runDir?: string;
  readonly title?: string;
  readonly seed?: number;
  readonly prompts?: string;
  readonly policy?: string;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly maxTokens?: number;
  readonly problem: readonly string[];
}

export function generationOptions(command: Command): Command {
  return common(
    liveOption(budgetOption(fieldOption(command)))
      .option(
        '--model <model>',
        'nano, a name in reflection.json, a .gguf file, a checkpoint or training run, or openai:MODEL@URL (default: nano)',
      )
      .option('--run-dir <dir>', 'run directory; the same one resumes or tops up')
      .option('--title <text>', 'what to call it')
      .option('--seed <n>', 'seed of the run', wholeNumber(0))
      .option('--prompts <name>', 'prompt preset: reasoning, nano, s2r, or a name in reflection.json')
      .option(
        '--policy <name>',
        `how answers are graded: ${Object.keys(GRADING_POLICIES).join(', ')} (default: the run's own, or default)`,
        knownPolicy,
      )
      .option('--temperature <t>', '0 is greedy', temperature)
      .option(
        '--top-p <p>',
        '1 is off',
        numberOf(samplingSchema.shape.topP, 'a number above 0, and at most 1'),
      )
      .option('--top-k <k>', '0 is off', wholeNumber(0))
      .option('--max-tokens <n>', 'new tokens at most', wholeNumber(1))
      .addOption(repeated('--problem <id>', 'only this problem of the set')),
  );
}

export const temperature = numberOf(samplingSchema.shape.temperature, 'a number from 0 to 100');

/** Refused before a set is read and a model is loaded. */
function knownPolicy(name: string): string {
  return policyNamed(name).name;
}

/** Whether problems are named, and not a run: a file has an extension that no run has, a set is in `reflection.json`. */
export async function namesProblems(context: Context, wanted: string): Promise<boolean> {
  const { config } = await readWorkspace(context.workspace);
  return /\.(jsonl|ndjson|json|csv|parquet|md)$/i.test(wanted) || Object.hasOwn(config.problemSets, wanted);
}

/**
 * A problem set by its name in `reflection.json`, or by file; all of it, or only the problems with these ids. Rows that
 * cannot be used are told, never hidden.
 */
export async function openProblemSet(
  context: Context,
  wanted: string,
  { problem: only, seed, field: fields }: Pick<GenerationOptions, 'problem' | 'seed' | 'field'>,
): Promise<ProblemSet> {
  const { config, dir } = await readWorkspace(context.workspace);
  const named = Object.hasOwn(config.problemSets, wanted) ? config.problemSets[wanted] : undefined;
  const set = await readProblemSet(
    named === undefined ? path.resolve(wanted) : path.resolve(dir, named),
    context.signal,
    // Where a set leaves the order of options open (GPQA), the run's seed decides it.
    { shuffleSeed: seed ?? config.defaults.seed ?? 0, fields },
  );
  tellFaults(context.output, set.faults);
  return only.length === 0 ? set : onlyProblems(set, only);
}

function onlyProblems(set: ProblemSet, only: readonly string[]): ProblemSet {
  const known = set.problems.map(({ id }) => id);
  const unknown = only.find((id) => !known.includes(id));
  const { name, path: file } = set.identity;
  if (unknown !== undefined) {
    const near = nearNames(unknown, known);
    throw new UserError('problem-unknown', `${name} has no problem "${unknown}"`, {
      ...(file === null ? {} : { place: { file } }),
      remedy: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Name a problem by the id in its row.',
    });
  }
  const problems = set.problems.filter(({ id }) => only.includes(id));
  return { ...set, problems, identity: identifyProblems(only.join('+'), file, problems) };
}

/** Everything a pipeline needs besides its own subject. */
export type PipelineBase = PipelineOptions & {
  readonly sampling: SamplingOptions;
  readonly prompts: Prompts;
};

/** What the command knows of the run that is asked for. */
export interface RunRequest {
  readonly kind: RunKind;
  readonly subject: string;
  /** Where a person names none: those of the run whose solutions are taken. */
  readonly model?: string;
  readonly prompts?: Prompts;
  /** Instead of those that go with the prompts. */
  readonly sampling?: (prompts: Prompts) => SamplingOptions;
}

/**
 * Connects the model, runs the pipeline with a progress bar, closes the model. The exit code says whether it was
 * interrupted or left failed samples.
 */
export async function withPipeline<Result extends PipelineResult>(
  context: Context,
  options: GenerationOptions,
  run: RunRequest,
  work: (base: PipelineBase) => Promise<Result>,
): Promise<Result> {
  const workspace = await readWorkspace(context.workspace);
  const { defaults } = workspace.config;
  const model = await resolveModel(workspace, options.model ?? run.model ?? defaults.model ?? 'nano');
  const recorded = options.model === undefined ? run.prompts : undefined;
  const promptName = options.prompts ?? (recorded === undefined ? defaults.prompts : undefined);
  const prompts =
    promptName === undefined ? (recorded ?? model.prompts) : resolvePrompts(workspace, promptName);
  const title = options.title ?? `${model.config.name} on ${run.subject}`;
  const dir = options.runDir
    ? path.resolve(options.runDir)
    : await newRunDir(context.workspace, run.kind, title);
  const engine = await connectEngine(model.config, context.signal, { onWarning: context.output.warn });
  try {
    return await runPipeline(context, engine, (base) => work({ ...base, prompts }), {
      dir,
      title,
      prompts,
      seed: options.seed ?? defaults.seed ?? 0,
      sampling: {
        ...(run.sampling ?? defaultSampling)(prompts),
        ...withoutUndefined(defaults.sampling ?? {}),
        ...samplingOf(options),
      },
      ...(options.policy === undefined ? {} : { policy: options.policy }),
      ...(options.budget === undefined ? {} : { budget: options.budget }),
      ...(options.live === true ? { isLive: true } : {}),
      parents: model.checkpoint ? [{ kind: 'checkpoint', id: model.checkpoint.name, role: 'model' }] : [],
    });
  } finally {
    await engine.close();
  }
}

export type PipelineSettings = Omit<
  PipelineBase,
  'engine' | 'signal' | 'onProgress' | 'onSpent' | 'onText' | 'commandLine'
> & {
  /** Texts are shown as they grow. */
  readonly isLive?: boolean;
};

/** Progress, the end and its exit code, for a connected engine. */
export async function runPipeline<Result extends PipelineResult>(
  context: Context,
  engine: Engine,
  work: (base: PipelineBase) => Promise<Result>,
  { isLive = false, ...settings }: PipelineSettings,
): Promise<Result> {
  const live = isLive ? liveTexts(context) : null;
  let made = 0;
  const bars = live ?? stageBars(context);
  const { device, processes, slots } = engine.facts;
  context.output.note(
    `${engine.identity.name}: ${engine.facts.name} on ${device}, ${processes > 0 ? `${processes} x ` : ''}${slots} samples side by side`,
  );
  try {
    const result = await work({
      ...settings,
      engine,
      signal: context.signal,
      commandLine: context.commandLine,
      onProgress: (progress) => {
        if (progress.estimate !== undefined) context.output.note(estimateText(progress.estimate));
        if (progress.sample !== undefined) made += 1;
        bars.show(progress);
      },
      ...(live === null ? {} : { onText: live.onText }),
      onSpent: (by) =>
        context.output.note(
          `the budget of ${by} is spent: finishing the samples that run; Ctrl-C gives them up`,
        ),
    });
    bars.stop();
    tellEnd(context, result);
    return result;
  } catch (thrown) {
    bars.stop();
    const run = runArgument(settings.dir);
    if (made > 0) context.output.note(`every finished sample is kept; go on with: reflection resume ${run}`);
    throw thrown;
  } finally {
    bars.stop();
  }
}

function tellEnd(context: Context, result: PipelineResult): void {
  const { wanted, reused } = result.counts;
  const run = runArgument(result.dir);
  if (reused > 0) context.output.note(`${reused} of ${wanted} samples were there already`);
  if (result.isInterrupted) {
    const why = result.spent === undefined ? 'stopped' : `stopped: the budget of ${result.spent} is spent`;
    context.output.note(`${why}; every finished sample is kept. Go on with: reflection resume ${run}`);
    process.exitCode = EXIT.interrupted;
  } else if (result.failed > 0) {
    context.output.warn(`${result.failed} samples failed; try them again with: reflection resume ${run}`);
    process.exitCode = EXIT.withFailedSamples;
  }
}

function stageBars(context: Context): { show(progress: PipelineProgress): void; stop(): void } {
  let bar: Progress | undefined;
  let stage: string | undefined;
  let began = 0;
  let before = 0; // tokens are counted over all stages
  return {
    show: ({ stage: now, done, total, tokens, failed }) => {
      if (stage !== now) {
        bar?.stop();
        [stage, began, before] = [now, Date.now(), tokens];
        bar = context.output.progress(now, total, done);
      }
      const perSecond = Math.round((tokens - before) / Math.max(0.001, (Date.now() - began) / 1000));
      bar?.update(done, `${perSecond} tokens/s${failed > 0 ? `, ${failed} failed` : ''}`, total);
    },
    stop: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** `464 more samples: about 61k tokens (±4k), 2:10, 0.6 MB; judged by 16` */
export function estimateText(estimate: RunEstimate): string {
  const { samples, tokens, tokensSpread, seconds, bytes, probed } = estimate;
  const spread = tokensSpread === null ? '' : ` (±${thousands(tokensSpread)})`;
  const size = `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${samples} more samples: about ${thousands(tokens)} tokens${spread}, ${clock(seconds)}, ${size}; judged by ${probed}`;
}

function thousands(count: number): string {
  if (count < 1e4) return String(count);
  return count < 1e7 ? `${Math.round(count / 1e3)}k` : `${Math.round(count / 1e6)}M`;
}

function samplingOf(options: GenerationOptions): Partial<SamplingOptions> {
  const { temperature, topP, topK, maxTokens } = options;
  return withoutUndefined({ temperature, topP, topK, maxTokens });
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Options that were not given must not hide the defaults. */
function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
