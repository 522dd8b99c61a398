/** From a plan to running processes with the model loaded. */
import { UserError } from '../../core/errors.ts';
import type { LoadOptions } from '../../core/protocol/inference.ts';
import type { GpuChoice } from '../../core/schema/model.ts';
import type { EngineFacts } from '../../core/schema/run.ts';
import { InferenceProcessError } from '../inference/inferenceProcess.ts';
import { knownChoice, type LayoutWish, measureLayouts } from './llamaLayout.ts';
import type { LaunchPlan, Layout } from './llamaPlan.ts';
import { type LoadedProcess, type Scout, startLoaded, startScout } from './llamaProcess.ts';
import type { ModelFile } from './modelFile.ts';

export interface LaunchOptions {
  readonly model: ModelFile;
  readonly plan: LaunchPlan;
  readonly options: LoadOptions;
}

export interface Launched {
  /** At least one. */
  readonly processes: readonly LoadedProcess[];
  /** Of each process. */
  readonly threads: number;
  readonly layout: NonNullable<EngineFacts['layout']>;
}

/** Looks at the devices. With `auto`, a driver that crashes means that there is no GPU. */
export async function surveyDevices(
  gpu: GpuChoice,
  signal: AbortSignal,
  environment: Readonly<Record<string, string>> = {},
): Promise<Scout> {
  try {
    return await startScout(gpu, signal, environment);
  } catch (thrown) {
    if (!(thrown instanceof InferenceProcessError)) throw thrown;
    if (gpu === 'auto') return await startScout('cpu', signal, environment);
    throw new UserError('gpu-unusable', `llama.cpp does not survive looking for a GPU. ${thrown.message}`, {
      place: { field: 'gpu' },
      remedy: 'Set gpu to "cpu", or mend the driver of the GPU.',
      cause: thrown,
    });
  }
}

/** Takes the scout over. */
export async function launch(scout: Scout, wish: LaunchOptions, signal: AbortSignal): Promise<Launched> {
  const { plan } = wish;
  const known = plan.by === 'probe' ? await knownChoice(layoutWish(wish)) : undefined;
  if (plan.by === 'probe' && known === undefined) return await launchMeasured(scout, wish, signal);
  const chosen = known?.chosen ?? plan.layouts[0];
  if (chosen === undefined) throw new Error('A plan without any layout.');
  const processes = await startLayout(scout, wish, chosen, signal);
  const tried = known === undefined ? {} : { tried: known.tried };
  return { processes, threads: chosen.threads, layout: { by: plan.by, ...tried } };
}

/** Brings up as many processes as any layout has, and keeps what is fastest. */
async function launchMeasured(scout: Scout, wish: LaunchOptions, signal: AbortSignal): Promise<Launched> {
  const { plan, options } = wish;
  const started: LoadedProcess[] = [];
  const startOthers = async (count: number): Promise<readonly LoadedProcess[]> => {
    const environments = plan.environments.slice(started.length, started.length + count);
    const others = await startAll(environments, { ...options, threads: 1 }, signal);
    started.push(...others);
    return others;
  };
  return await orKillAll(started, async () => {
    const first = await loadFirst(scout, wish, options, signal);
    started.push(first);
    const { choice, processes } = await measureLayouts(layoutWish(wish), first, startOthers);
    const { chosen, tried } = choice;
    const layout = { by: 'probe', tried } as const;
    if (processes.length === plan.environments.length) return { processes, threads: chosen.threads, layout };
    // Fewer processes have more memory each: their contexts are planned anew.
    await Promise.all(processes.map(({ process }) => process.kill()));
    return { processes: await startLayout(undefined, wish, chosen, signal), threads: chosen.threads, layout };
  });
}

function layoutWish({ model, plan, options }: LaunchOptions): LayoutWish {
  return { model, layouts: plan.layouts, slots: options.slots };
}

async function startLayout(
  scout: Scout | undefined,
  wish: LaunchOptions,
  { processes, threads }: Layout,
  signal: AbortSignal,
): Promise<readonly LoadedProcess[]> {
  const options = { ...wish.options, processes, threads };
  const first = await loadFirst(scout, wish, options, signal);
  return await orKillAll([first], async () => {
    const others = await startAll(wish.plan.environments.slice(1, processes), options, signal);
    return [first, ...others];
  });
}

async function orKillAll<Result>(
  started: readonly LoadedProcess[],
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (thrown) {
    await Promise.all(started.map(({ process }) => process.kill()));
    throw thrown;
  }
}

async function loadFirst(
  scout: Scout | undefined,
  { plan }: LaunchOptions,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<LoadedProcess> {
  const environment = plan.environments[0] ?? {};
  try {
    const isSame = Object.entries(environment).every(([name, value]) => scout?.environment[name] === value);
    if (scout !== undefined && isSame) return await scout.load(options, signal);
    // The scout sees all GPUs.
    await scout?.kill();
    return await startLoaded(options, signal, environment);
  } catch (thrown) {
    if (!(thrown instanceof InferenceProcessError)) throw thrown;
    throw new UserError(
      'model-unusable',
      `llama.cpp does not survive loading this model. ${thrown.message}`,
      {
        place: { file: options.path },
        remedy:
          'Download or convert the file again, choose another model, or free memory if the process was killed.',
        cause: thrown,
      },
    );
  }
}

/** Those that do not start, for want of memory say, are done without. */
async function startAll(
  environments: LaunchPlan['environments'],
  options: LoadOptions,
  signal: AbortSignal,
): Promise<readonly LoadedProcess[]> {
  const starting = environments.map((environment) => startLoaded(options, signal, environment));
  const outcomes = await Promise.allSettled(starting);
  const loaded = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (signal.aborted) {
    await Promise.all(loaded.map(({ process }) => process.kill()));
    signal.throwIfAborted();
  }
  return loaded;
}
