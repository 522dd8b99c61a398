import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { LlamaModelConfig, OpenaiModelConfig } from '../../core/schema/model.ts';
import type { EngineFacts } from '../../core/schema/run.ts';
import type { Engine, SampleResult } from '../engines/engine.ts';
import { connectEngine } from '../engines/index.ts';
import { inspectModelFile } from '../engines/modelFile.ts';
import { checkGgufHeader } from '../inference/ggufHeader.ts';
import { packageRoot } from '../packageRoot.ts';
import { findTrainerPython } from '../training/index.ts';
import type { ProbeResult } from './index.ts';

type Finding = Omit<ProbeResult, 'id' | 'label'>;

const GIB = 2 ** 30;

export function probeNode(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const detail = `${process.version} (${process.execPath})`;
  return major >= 22
    ? { status: 'ok', detail, remedy: '' }
    : {
        status: 'failed',
        detail,
        remedy: 'Run it by "npm run reflection", which brings Node 24, or install Node 22 or newer.',
      };
}

/** Runs of long reasoning take about 100 kB a sample, checkpoints the size of the model and three times that for the optimiser. */
export async function probeDisk(workspace: string): Promise<Finding> {
  const disk = await statfs(workspace);
  const free = (disk.bavail * disk.bsize) / GIB;
  const detail = `${free.toFixed(1)} GiB free at ${workspace}`;
  return free > 5
    ? { status: 'ok', detail, remedy: '' }
    : {
        status: 'warning',
        detail,
        remedy: 'Free some space: a full disk stops runs (nothing finished is lost).',
      };
}

/** Loads the embedded model as a run would, and generates a few tokens. */
export async function probeLlama(signal: AbortSignal): Promise<Finding> {
  const file = path.join(packageRoot(), 'media', 'models', 'nano.gguf');
  const engine = await connectEngine({ name: 'nano', engine: 'llama', path: file, gpu: 'auto' }, signal);
  try {
    const [sample] = await sampleSome(engine, 1, signal);
    if (sample?.logprobs === undefined) throw new Error('llama.cpp gave no log-probabilities.');
    return { status: 'ok', detail: describe(engine.facts), remedy: '' };
  } finally {
    await engine.close();
  }
}

/** Looks at the files of a local model without loading it, which may take long and all the memory. */
export async function probeModelFiles(model: LlamaModelConfig): Promise<Finding> {
  const files = [model.path, ...(model.lora ?? []).map((adapter) => adapter.path)];
  const sizes: string[] = [];
  for (const file of files) {
    const { bytes } = await inspectModelFile(file);
    checkGgufHeader(file);
    sizes.push(`${file}, ${(bytes / GIB).toFixed(2)} GiB`);
  }
  return { status: 'ok', detail: sizes.join('; '), remedy: '' };
}

/** Such as `llama.cpp 3.21.1, device cpu, 2 processes of 1 thread (the fastest here)`. */
function describe({ name, version, device, processes, threads, layout }: EngineFacts): string {
  const how = layout?.by === 'probe' ? ' (the fastest here)' : '';
  const cores = `${processes} ${processes === 1 ? 'process' : 'processes'} of ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return `${name} ${version}, device ${device}, ${cores}${how}`;
}

/** Several short samples of one prompt, with everything that an engine may be asked for. */
async function sampleSome(
  engine: Engine,
  count: number,
  signal: AbortSignal,
  seedOf = (index: number) => index,
): Promise<SampleResult[]> {
  const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 12 };
  const messages = [{ role: 'user' as const, content: 'Tom has 3 cards.' }];
  const requests = Array.from({ length: count }, (_, index) => ({
    id: String(index),
    messages,
    seed: seedOf(index),
    sampling,
    logprobs: true,
  }));
  const results: SampleResult[] = [];
  for await (const result of engine.sample(requests, signal)) {
    if (result.error !== undefined) throw new Error(result.error);
    results.push(result);
  }
  return results;
}

export async function probePython(asked: string | undefined, signal: AbortSignal): Promise<Finding> {
  const python = await findTrainerPython(asked, signal);
  const trainer = path.join(packageRoot(), 'scripts', 'trainer', 'reflection_trainer');
  if (!existsSync(trainer)) throw new Error(`the trainer is missing at ${trainer}`);
  return { status: 'ok', detail: `${python.command}, Python ${python.version}`, remedy: '' };
}

/** Samples that differ by their seeds only: enough to notice a server that ignores temperature or seed. */
const SERVER_SAMPLES = 3;

const SEED_IGNORED =
  'Requests with the same seed side by side got different texts: samples cannot be made again exactly ' +
  '(transformers serve has one seed for all requests: use concurrency 1).';

/** Reaches the server and has it generate a few tokens; what it silently does not do is a warning. */
export async function probeServer(model: OpenaiModelConfig, signal: AbortSignal): Promise<Finding> {
  const warnings: string[] = [];
  const engine = await connectEngine(model, signal, { onWarning: (message) => warnings.push(message) });
  try {
    await sampleSome(engine, SERVER_SAMPLES, signal);
    const again = await sampleSome(engine, SERVER_SAMPLES, signal, () => 1);
    if (new Set(again.map(({ text }) => text)).size > 1) warnings.push(SEED_IGNORED);
    const detail = [`${model.baseUrl} serves ${engine.identity.path}`, ...warnings].join('; ');
    return { status: warnings.length > 0 ? 'warning' : 'ok', detail, remedy: '' };
  } finally {
    await engine.close();
  }
}
