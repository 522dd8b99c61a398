import type {
  Devices,
  LoadedModel,
  LoadOptions,
  PartialText,
  SampleResult,
} from '../../core/protocol/inference.ts';
import type { GpuChoice } from '../../core/schema/model.ts';
import { type InferenceProcess, startInferenceProcess } from '../inference/inferenceProcess.ts';

/** A started inference process with its model loaded. */
export interface LoadedProcess {
  readonly process: InferenceProcess;
  readonly description: LoadedModel;
  /** Set by the pool that takes the process over. */
  onFinished: (results: readonly SampleResult[]) => void;
  onPartial: (part: PartialText) => void;
}

/** A started inference process that has looked at the devices and has no model yet. */
export interface Scout {
  readonly devices: Devices;
  readonly environment: Environment;
  load(options: LoadOptions, signal: AbortSignal): Promise<LoadedProcess>;
  kill(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/**
 * Starts a process and loads the model. Rejects with the child's `UserError`, with an `InferenceProcessError` when the
 * child died of the model, or with the signal's reason.
 */
export async function startLoaded(
  options: LoadOptions,
  signal: AbortSignal,
  environment: Environment = {},
): Promise<LoadedProcess> {
  signal.throwIfAborted();
  return await startUnloaded(environment).load(options, signal);
}

export async function startScout(
  gpu: GpuChoice,
  signal: AbortSignal,
  environment: Environment = {},
): Promise<Scout> {
  signal.throwIfAborted();
  const { process, load } = startUnloaded(environment);
  const devices = await orKill(process, signal, () => process.remote.survey(gpu));
  return { devices, environment, load, kill: process.kill };
}

function startUnloaded(environment: Environment) {
  let loaded: LoadedProcess | undefined;
  const process = startInferenceProcess(
    {
      finished: (results) => loaded?.onFinished(results),
      partial: (part) => loaded?.onPartial(part),
    },
    environment,
  );
  async function load(options: LoadOptions, signal: AbortSignal): Promise<LoadedProcess> {
    const description = await orKill(process, signal, () => process.remote.load(options));
    loaded = { process, description, onFinished: () => undefined, onPartial: () => undefined };
    return loaded;
  }
  return { process, load };
}

/** A process that fails at its first steps, or whose caller gives up meanwhile, is of no use any more. */
async function orKill<Result>(
  process: InferenceProcess,
  signal: AbortSignal,
  action: () => Promise<Result>,
): Promise<Result> {
  const onAbort = () => void process.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await action();
  } catch (thrown) {
    await process.kill();
    signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
