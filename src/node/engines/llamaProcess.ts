import type { LoadedModel, LoadOptions, SampleResult } from '../../core/protocol/inference.ts';
import { type InferenceProcess, startInferenceProcess } from '../inference/inferenceProcess.ts';

/** A started inference process with its model loaded. */
export interface LoadedProcess {
  readonly process: InferenceProcess;
  readonly description: LoadedModel;
  /** Set by the pool that takes the process over. */
  onFinished: (results: readonly SampleResult[]) => void;
}

/**
 * Starts a process and loads the model. Rejects with the child's `UserError`, with an `InferenceProcessError` when the
 * child died of the model, or with the signal's reason.
 */
export async function startLoaded(options: LoadOptions, signal: AbortSignal): Promise<LoadedProcess> {
  signal.throwIfAborted();
  let loaded: LoadedProcess | undefined;
  const process = startInferenceProcess({ finished: (results) => loaded?.onFinished(results) });
  const onAbort = () => void process.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const description = await process.remote.load(options);
    loaded = { process, description, onFinished: () => undefined };
    return loaded;
  } catch (thrown) {
    await process.kill();
    signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
