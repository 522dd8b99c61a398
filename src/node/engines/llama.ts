/** llama.cpp in child processes of our own, through node-llama-cpp. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { LoadedModel, LoadOptions } from '../../core/protocol/inference.ts';
import { type LlamaModelConfig, llamaModelSchema } from '../../core/schema/model.ts';
import type { EngineFacts, ModelIdentity } from '../../core/schema/run.ts';
import { InferenceProcessError } from '../inference/inferenceProcess.ts';
import type { Engine, EngineModule } from './engine.ts';
import { createLlamaPool } from './llamaPool.ts';
import { type LoadedProcess, startLoaded } from './llamaProcess.ts';
import { hashModelFile, inspectModelFile } from './modelFile.ts';

/** Below this size, in bytes, threads only wait for each other: one-thread processes use the cores (measured). */
const SMALL_MODEL_BYTES = 400e6;
const MOST_PROCESSES = 8;
/** More samples side by side raise the speed up to about here. */
const DEFAULT_SLOTS = 32;

export const llamaEngine: EngineModule<LlamaModelConfig> = {
  id: 'llama',
  label: 'llama.cpp (GGUF file)',
  config: llamaModelSchema,
  connect: connectLlama,
};

async function connectLlama(config: LlamaModelConfig, signal: AbortSignal): Promise<Engine> {
  const file = await inspectModelFile(path.resolve(config.path));
  const lora = (config.lora ?? []).map((adapter) => ({ ...adapter, path: path.resolve(adapter.path) }));
  const adapters = await Promise.all(lora.map((adapter) => inspectModelFile(adapter.path)));
  const isSmall = file.bytes < SMALL_MODEL_BYTES;
  const expected = isSmall ? Math.min(availableParallelism(), MOST_PROCESSES) : 1;
  const options: LoadOptions = {
    path: file.path,
    gpu: config.gpu,
    threads: isSmall ? 1 : 'auto',
    slots: config.slots ?? DEFAULT_SLOTS,
    contextTokens: config.contextTokens,
    processes: config.processes ?? expected,
    lora,
  };
  const hashing = Promise.all([file, ...adapters].map((each) => hashModelFile(each, signal)));
  // Awaited below; a failure to load must not leave it unhandled.
  hashing.catch(() => undefined);
  const first = await startFirst(options, signal);
  const { mathCores, gpus } = first.description;
  const wanted = config.processes ?? (isSmall && gpus.length === 0 ? Math.min(mathCores, MOST_PROCESSES) : 1);
  const processes = [first];
  try {
    processes.push(...(await startOthers(wanted - 1, options, signal)));
    const hashes = await hashing;
    const pool = createLlamaPool(processes, (closing) => startLoaded(options, closing), file.path);
    return {
      identity: identityOf(config, options, hashes, first.description.template),
      capabilities: { logprobs: 'policy' },
      facts: factsOf(first.description, processes.length),
      sample: pool.sample,
      close: pool.close,
    };
  } catch (thrown) {
    await Promise.all(processes.map(({ process }) => process.kill()));
    throw thrown;
  }
}

async function startFirst(options: LoadOptions, signal: AbortSignal): Promise<LoadedProcess> {
  try {
    return await startLoaded(options, signal);
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
async function startOthers(
  count: number,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<readonly LoadedProcess[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, () => startLoaded(options, signal)));
  const loaded = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (signal.aborted) {
    await Promise.all(loaded.map(({ process }) => process.kill()));
    signal.throwIfAborted();
  }
  return loaded;
}

function identityOf(
  config: LlamaModelConfig,
  options: LoadOptions,
  [sha256 = '', ...adapterHashes]: readonly string[],
  template: string | null,
): ModelIdentity {
  const lora = options.lora.map((adapter, index) => ({ ...adapter, sha256: adapterHashes[index] ?? '' }));
  return {
    name: config.name,
    engine: 'llama',
    path: options.path,
    sha256,
    ...(lora.length === 0 ? {} : { lora }),
    ...(template === null ? {} : { templateSha256: createHash('sha256').update(template).digest('hex') }),
  };
}

function factsOf(description: LoadedModel, processes: number): EngineFacts {
  const { version, gpus, threads, slots, contextTokens, dtype } = description;
  const device = gpus.length === 0 ? 'cpu' : gpus.join(', ');
  const known = dtype === null ? {} : { dtype };
  return { name: 'llama.cpp', version, device, processes, threads, slots, contextTokens, ...known };
}
