/** Loads a GGUF file on the device that was asked for, and makes a context that memory can hold. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import {
  GgufFileType,
  getLlama,
  getModuleVersion,
  InsufficientMemoryError,
  type Llama,
  type LlamaContext,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  NoBinaryFoundError,
} from 'node-llama-cpp';
import { messageOf, UserError } from '../../core/errors.ts';
import type { Devices, LoadedModel, LoadOptions } from '../../core/protocol/inference.ts';
import type { Adapter, GpuChoice } from '../../core/schema/model.ts';
import { type ContextPlan, planContext } from './contextPlan.ts';
import { checkGgufHeader } from './ggufHeader.ts';
import { hasNarrowKernels } from './narrowKernels.ts';
import { chatTemplateOf } from './tokens.ts';

/** Part of the free memory that contexts may take; the rest is for other programs and for what estimates miss. */
const MEMORY_PART = 0.5;
/** Lengths, in tokens, between which the memory of a context is measured. */
const [SHORT_PROBE, LONG_PROBE] = [256, 1280];

export interface Loaded {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  /** All sequences of the context, by ascending id. */
  readonly sequences: readonly LlamaContextSequence[];
  readonly description: LoadedModel;
}

/** llama.cpp on its device, and what it said of errors so far. */
export interface OpenDevice {
  readonly llama: Llama;
  readonly devices: Devices;
  readonly complaints: string[];
}

export async function loadModel(options: LoadOptions, device: OpenDevice): Promise<Loaded> {
  const { llama, devices, complaints } = device;
  for (const { path } of [options, ...options.lora]) checkGgufHeader(path);
  try {
    llama.maxThreads = options.threads;
    const model = await llama.loadModel({ modelPath: options.path });
    const context = await createContext(llama, model, options);
    const sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
    await tryOut(model, sequences[0]);
    const kernels = hasNarrowKernels() ? ', narrow kernels' : '';
    const version = `${await getModuleVersion()} (llama.cpp ${llama.llamaCppRelease.release}${kernels})`;
    const description: LoadedModel = {
      version,
      gpus: model.gpuLayers > 0 ? devices.gpus : [],
      backend: model.gpuLayers > 0 ? devices.backend : 'cpu',
      gpuLayers: model.gpuLayers,
      layers: model.fileInsights.totalLayers,
      slots: context.totalSequences,
      contextTokens: context.contextSize,
      dtype: dtypeOf(model),
      template: chatTemplateOf(model),
    };
    return { llama, model, context, sequences, description };
  } catch (thrown) {
    await logDelivered();
    throw toUserError(thrown, options, complaints);
  }
}

/**
 * llama.cpp logs from its own thread, and the lines reach us by the event loop: the error that they explain can be
 * there first. Lines that were written before it are delivered within a few turns.
 */
async function logDelivered(): Promise<void> {
  const TURNS = 10;
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
}

/** The file's own word for the type of most of its weights: `MOSTLY_Q8_0` is `Q8_0`, `ALL_F32` is `F32`. */
function dtypeOf(model: LlamaModel): string | null {
  const type = model.fileInfo.metadata.general.file_type;
  const name = type === undefined ? undefined : GgufFileType[type];
  return name?.replace(/^(?:ALL|MOSTLY)_/, '') ?? null;
}

/** A GPU counts when it has a name and memory: a software renderer also calls itself Vulkan. */
export async function openDevice(choice: GpuChoice): Promise<OpenDevice> {
  const complaints: string[] = [];
  const llama = await openLlama(choice === 'cpu' ? false : choice, complaints);
  const gpus = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
  const { total: gpuBytes } = await llama.getVramState();
  const mathCores = Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
  if (llama.gpu !== false && gpus.length > 0 && gpuBytes > 0) {
    return { llama, complaints, devices: { backend: llama.gpu, gpus, gpuBytes, mathCores } };
  }
  if (choice !== 'auto' && choice !== 'cpu') throw noGpu(choice, 'no such device was found');
  const cpu: Devices = { backend: 'cpu', gpus: [], gpuBytes: 0, mathCores };
  if (llama.gpu === false) return { llama, complaints, devices: cpu };
  await llama.dispose();
  return { llama: await openLlama(false, complaints), complaints, devices: cpu };
}

async function openLlama(
  gpu: false | 'auto' | 'cuda' | 'vulkan' | 'metal',
  complaints: string[],
): Promise<Llama> {
  try {
    return await getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads: 1,
      logLevel: LlamaLogLevel.error,
      logger: (_level, message) => complaints.push(message.trim()),
    });
  } catch (thrown) {
    if (!(thrown instanceof NoBinaryFoundError)) throw thrown;
    if (gpu !== false && gpu !== 'auto')
      throw noGpu(gpu, 'its llama.cpp binary does not run on this machine');
    throw new UserError('engine-missing', 'There is no llama.cpp binary that runs on this machine.', {
      remedy: `Install the package node-llama-cpp again on this machine (${process.platform}-${process.arch}).`,
      cause: thrown,
    });
  }
}

function noGpu(choice: GpuChoice, reason: string): UserError {
  return new UserError('gpu-missing', `The model asks for the GPU kind "${choice}", but ${reason}.`, {
    place: { field: 'gpu' },
    remedy: 'Set gpu to "auto" or "cpu", or install the driver of the GPU.',
  });
}

async function createContext(llama: Llama, model: LlamaModel, options: LoadOptions): Promise<LlamaContext> {
  const trainedTokens = model.trainContextSize;
  let wish = { slots: options.slots, contextTokens: options.contextTokens, trainedTokens };
  // Estimates can be wrong: fewer slots until a context is had.
  while (true) {
    const budgetTokens = await memoryInTokens(llama, model, wish.slots, options.processes);
    const plan = planContext({ ...wish, budgetTokens });
    if (plan === null) throw new InsufficientMemoryError('Not even a short context fits in memory.');
    try {
      return await model.createContext(contextOptions(plan, options.lora));
    } catch (thrown) {
      if (plan.slots === 1 || isAboutAdapter(thrown, options)) throw thrown;
      wish = { ...wish, slots: Math.floor(plan.slots / 2) };
    }
  }
}

function contextOptions({ slots, contextTokens }: ContextPlan, lora: readonly Adapter[]) {
  const adapters = lora.map(({ path, scale }) => ({ filePath: path, scale }));
  const known = adapters.length === 0 ? {} : { lora: { adapters } };
  return { sequences: slots, contextSize: contextTokens, failedCreationRemedy: false, ...known } as const;
}

/** The bindings have no error type for it. */
function isAboutAdapter(thrown: unknown, { lora }: LoadOptions): boolean {
  return lora.length > 0 && /lora/i.test(messageOf(thrown));
}

/** Tokens of all slots together that fit in the free memory, from the cost of two short contexts. */
async function memoryInTokens(
  llama: Llama,
  model: LlamaModel,
  slots: number,
  processes: number,
): Promise<number> {
  const cost = (contextSize: number) =>
    model.fileInsights.estimateContextResourceRequirementsV2({
      contextSize,
      sequences: slots,
      modelGpuLayers: model.gpuLayers,
    });
  const [short, long] = [await cost(SHORT_PROBE), await cost(LONG_PROBE)];
  const [ram, vram] = [await llama.getRamState(), await llama.getVramState()];
  const tokensIn = (free: number, atShort: number, atLong: number): number => {
    const perToken = (atLong - atShort) / ((LONG_PROBE - SHORT_PROBE) * slots);
    if (perToken <= 0) return Number.MAX_SAFE_INTEGER;
    const room = (free * MEMORY_PART) / processes - atShort;
    return Math.floor(room / perToken) + SHORT_PROBE * slots;
  };
  return Math.max(
    0,
    Math.min(tokensIn(ram.free, short.cpuRam, long.cpuRam), tokensIn(vram.free, short.gpuVram, long.gpuVram)),
  );
}

/** Some broken models load and abort the process when they are first used: better now than in a run. */
async function tryOut(model: LlamaModel, sequence: LlamaContextSequence | undefined): Promise<void> {
  const token = model.tokens.bos ?? model.tokens.eos ?? model.tokenize('1')[0];
  if (token === undefined || sequence === undefined) return;
  await sequence.evaluateWithoutGeneratingNewTokens([token]);
  await sequence.clearHistory();
}

function toUserError(thrown: unknown, options: LoadOptions, complaints: readonly string[]): UserError {
  if (thrown instanceof UserError) return thrown;
  const reason = [...new Set([messageOf(thrown), ...complaints.slice(-6)])]
    .filter((line) => line !== '')
    .join('; ');
  if (thrown instanceof InsufficientMemoryError) {
    return new UserError('model-too-large', `The model does not fit in memory: ${reason}`, {
      place: { file: options.path },
      remedy:
        'Use a smaller or more strongly quantised model, a smaller contextTokens, or close other programs.',
      cause: thrown,
    });
  }
  if (isAboutAdapter(thrown, options)) {
    const files = options.lora.map(({ path }) => path);
    return new UserError('adapter-unusable', `llama.cpp cannot put this adapter on the model: ${reason}`, {
      place: { file: files.length === 1 ? (files[0] ?? options.path) : options.path, field: 'lora' },
      remedy: `Use a LoRA adapter in GGUF form that was made for this very model (convert_lora_to_gguf.py); given: ${files.join(', ')}.`,
      cause: thrown,
    });
  }
  if (!existsSync(options.path)) {
    return new UserError('model-unusable', 'The model file went away while it was loaded.', {
      place: { file: options.path },
      remedy: 'Put the file back, or choose another model.',
      cause: thrown,
    });
  }
  return new UserError('model-unusable', `llama.cpp cannot load this model: ${reason}`, {
    place: { file: options.path },
    remedy: 'Download or convert the file again, or choose another model.',
    cause: thrown,
  });
}
