/**
 * How many processes and threads a local model gets, and which GPU each process sees. Everything here is arithmetic on
 * what was found on the machine; `llamaLayout.ts` measures where arithmetic does not know.
 */
import type { Devices } from '../../core/protocol/inference.ts';

/** Processes, and threads of each. */
export interface Layout {
  readonly processes: number;
  readonly threads: number;
}

export interface LaunchPlan {
  /** Variables that make each process see its own GPUs; one entry for each process that may be started. */
  readonly environments: readonly Readonly<Record<string, string>>[];
  /** One: it is used. Several: the fastest one, by measurement. */
  readonly layouts: readonly Layout[];
  readonly by: 'settings' | 'rule' | 'probe';
}

export interface LaunchWish {
  readonly devices: Devices;
  readonly modelBytes: number;
  /** From the settings. */
  readonly processes: number | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** More threads than this stand in each other's way, and more processes in memory's. */
const MOST_THREADS = 8;
const MOST_PROCESSES = 8;
/** Above this size, in bytes, several processes would each read all weights, and a measurement would take long. */
const SMALL_MODEL_BYTES = 400e6;
/** A model needs more than its weights: contexts, buffers. */
const GPU_ROOM = 1.25;

export function planLaunch({ devices, modelBytes, processes, environment }: LaunchWish): LaunchPlan {
  if (devices.gpus.length > 0) return planGpus(devices, modelBytes, processes, environment);
  const { mathCores } = devices;
  if (processes !== undefined) {
    const threads = shareOfCores(mathCores, processes);
    return { environments: Array(processes).fill({}), layouts: [{ processes, threads }], by: 'settings' };
  }
  if (mathCores === 1 || modelBytes >= SMALL_MODEL_BYTES) {
    return {
      environments: [{}],
      layouts: [{ processes: 1, threads: shareOfCores(mathCores, 1) }],
      by: 'rule',
    };
  }
  const pool = Math.min(mathCores, MOST_PROCESSES);
  return { environments: Array(pool).fill({}), layouts: layoutsToTry(mathCores), by: 'probe' };
}

/** The simplest first: among equals it wins. */
export function layoutsToTry(mathCores: number): Layout[] {
  const threads = [1, mathCores - 1, mathCores].map((count) => Math.max(1, Math.min(count, MOST_THREADS)));
  const alone = [...new Set(threads)].map((count) => ({ processes: 1, threads: count }));
  const pool = { processes: Math.min(mathCores, MOST_PROCESSES), threads: 1 };
  return mathCores === 1 ? alone : [...alone, pool];
}

/** One core stays for JavaScript and sampling. */
function shareOfCores(mathCores: number, processes: number): number {
  return Math.max(1, Math.min(Math.floor((mathCores - 1) / processes), MOST_THREADS));
}

/** A process for each GPU, or one over all of them when the model does not fit in one. */
function planGpus(
  { backend, gpus, gpuBytes, mathCores }: Devices,
  modelBytes: number,
  asked: number | undefined,
  environment: NodeJS.ProcessEnv,
): LaunchPlan {
  const fitsInOne = modelBytes * GPU_ROOM <= gpuBytes / gpus.length;
  const processes = asked ?? (fitsInOne ? gpus.length : 1);
  const layouts = [{ processes, threads: shareOfCores(mathCores, processes) }];
  const by = asked === undefined ? 'rule' : 'settings';
  const isDivided = fitsInOne && gpus.length > 1 && processes > 1;
  const environments = Array.from({ length: processes }, (_, index) =>
    isDivided ? onlyGpu(backend, index % gpus.length, environment) : {},
  );
  return { environments, layouts, by };
}

const VISIBLE: Partial<Record<Devices['backend'], string>> = {
  cuda: 'CUDA_VISIBLE_DEVICES',
  vulkan: 'GGML_VK_VISIBLE_DEVICES',
};

/** A user's own choice of GPUs is a list of which the process gets one. */
function onlyGpu(
  backend: Devices['backend'],
  index: number,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const variable = VISIBLE[backend];
  if (variable === undefined) return {};
  const chosen = environment[variable]?.split(',').map((entry) => entry.trim()) ?? [];
  return { [variable]: chosen[index] ?? String(index) };
}

/** Small differences are noise: the first of those that are nearly as fast as the fastest. */
const NOISE = 0.05;

export function fastest<Tried extends { readonly tokensPerSecond: number }>(
  tried: readonly Tried[],
): Tried | undefined {
  const best = Math.max(...tried.map(({ tokensPerSecond }) => tokensPerSecond));
  return tried.find(({ tokensPerSecond }) => tokensPerSecond >= (1 - NOISE) * best);
}
