/** llama.cpp in child processes of our own, through node-llama-cpp. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { LoadedModel, LoadOptions } from '../../core/protocol/inference.ts';
import { type LlamaModelConfig, llamaModelSchema } from '../../core/schema/model.ts';
import type { EngineFacts, ModelIdentity } from '../../core/schema/run.ts';
import { NARROW_KERNELS } from '../inference/narrowKernels.ts';
import type { Engine, EngineModule } from './engine.ts';
import { type Launched, launch, surveyDevices } from './llamaLaunch.ts';
import { type LaunchPlan, planLaunch } from './llamaPlan.ts';
import { createLlamaPool } from './llamaPool.ts';
import { startLoaded } from './llamaProcess.ts';
import { hashModelFile, inspectModelFile } from './modelFile.ts';

/** Models of up to so many bytes have heads so narrow that wide kernels are slower. */
const TINY_BYTES = 20e6;
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
  const hashing = Promise.all([file, ...adapters].map((each) => hashModelFile(each, signal)));
  // Awaited below; a failure to load must not leave it unhandled.
  hashing.catch(() => undefined);
  const kernels: Record<string, string> = file.bytes < TINY_BYTES ? { [NARROW_KERNELS]: '1' } : {};
  const scout = await surveyDevices(config.gpu, signal, kernels);
  const { devices } = scout;
  const planned = planLaunch({
    devices,
    modelBytes: file.bytes,
    processes: config.processes,
    environment: process.env,
  });
  const environments = planned.environments.map((environment) => ({ ...environment, ...kernels }));
  const plan = { ...planned, environments };
  const options: LoadOptions = {
    path: file.path,
    gpu: devices.backend,
    threads: Math.max(...plan.layouts.map(({ threads }) => threads)),
    slots: config.slots ?? DEFAULT_SLOTS,
    contextTokens: config.contextTokens,
    processes: plan.environments.length,
    lora,
  };
  const launched = await launch(scout, { model: file, plan, options }, signal);
  try {
    return engineOf(config, plan, options, launched, await hashing);
  } catch (thrown) {
    await Promise.all(launched.processes.map((each) => each.process.kill()));
    throw thrown;
  }
}

function engineOf(
  config: LlamaModelConfig,
  plan: LaunchPlan,
  options: LoadOptions,
  launched: Launched,
  hashes: readonly string[],
): Engine {
  const { processes, threads } = launched;
  const replace = (closing: AbortSignal, place: number) =>
    startLoaded({ ...options, threads, processes: processes.length }, closing, plan.environments[place]);
  const pool = createLlamaPool(processes, replace, options.path);
  return {
    identity: identityOf(config.name, options, hashes, processes[0]?.description.template ?? null),
    capabilities: { logprobs: 'policy' },
    facts: factsOf(launched, plan),
    sample: pool.sample,
    close: pool.close,
  };
}

function identityOf(
  name: string,
  options: LoadOptions,
  [sha256 = '', ...adapterHashes]: readonly string[],
  template: string | null,
): ModelIdentity {
  const lora = options.lora.map((adapter, index) => ({ ...adapter, sha256: adapterHashes[index] ?? '' }));
  return {
    name,
    engine: 'llama',
    path: options.path,
    sha256,
    ...(lora.length === 0 ? {} : { lora }),
    ...(template === null ? {} : { templateSha256: createHash('sha256').update(template).digest('hex') }),
  };
}

function factsOf({ processes, threads, layout }: Launched, plan: LaunchPlan): EngineFacts {
  const descriptions = processes.map(({ description }) => description);
  const [first] = descriptions;
  if (first === undefined) throw new Error('There is no process.');
  const { version, slots, backend, gpuLayers, layers, dtype } = first;
  return {
    name: 'llama.cpp',
    version,
    device: deviceOf(descriptions, plan),
    backend,
    ...(backend === 'cpu' ? {} : { gpuLayers: { used: gpuLayers, of: layers } }),
    processes: processes.length,
    threads,
    layout,
    slots,
    // Memory may have been shorter for some.
    contextTokens: Math.min(...descriptions.map(({ contextTokens }) => contextTokens)),
    ...(dtype === null ? {} : { dtype }),
  };
}

/** Names of all GPUs in use: those of one process, or one for each place that has a GPU of its own. */
function deviceOf(descriptions: readonly LoadedModel[], { environments }: LaunchPlan): string {
  const places = environments.map((environment) => JSON.stringify(environment));
  const names = descriptions.flatMap(({ gpus }, index) =>
    places.indexOf(places[index] ?? '') === index ? gpus : [],
  );
  return names.length === 0 ? 'cpu' : names.join(', ');
}
