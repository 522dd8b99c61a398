import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { OpenaiModelConfig } from '../../core/schema/model.ts';
import { connectEngine } from '../engines/index.ts';
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

/** Loads the embedded model in its child process and generates a few tokens. */
export async function probeLlama(signal: AbortSignal): Promise<Finding> {
  const file = path.join(packageRoot(), 'media', 'models', 'nano.gguf');
  const engine = await connectEngine(
    { name: 'nano', engine: 'llama', path: file, gpu: 'auto', processes: 1, slots: 1 },
    signal,
  );
  try {
    const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, maxTokens: 8 };
    const messages = [{ role: 'user' as const, content: 'Tom has 3 cards.' }];
    for await (const result of engine.sample([{ id: 'probe', messages, seed: 1, sampling }], signal)) {
      if (result.error) throw new Error(result.error);
    }
    const { name, version, device } = engine.facts;
    return { status: 'ok', detail: `${name} ${version}, device ${device}`, remedy: '' };
  } finally {
    await engine.close();
  }
}

export async function probePython(asked: string | undefined, signal: AbortSignal): Promise<Finding> {
  const python = await findTrainerPython(asked, signal);
  const trainer = path.join(packageRoot(), 'scripts', 'trainer', 'reflection_trainer');
  if (!existsSync(trainer)) throw new Error(`the trainer is missing at ${trainer}`);
  return { status: 'ok', detail: `${python.command}, Python ${python.version}`, remedy: '' };
}

/** Reaches the server and has it generate a few tokens. */
export async function probeServer(model: OpenaiModelConfig, signal: AbortSignal): Promise<Finding> {
  const warnings: string[] = [];
  const engine = await connectEngine(model, signal, { onWarning: (message) => warnings.push(message) });
  try {
    const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, maxTokens: 8 };
    const messages = [{ role: 'user' as const, content: 'Say yes.' }];
    for await (const result of engine.sample([{ id: 'probe', messages, seed: 1, sampling }], signal)) {
      if (result.error) throw new Error(result.error);
    }
    const detail = [`${model.baseUrl} serves ${engine.identity.path}`, ...warnings].join('; ');
    return { status: warnings.length > 0 ? 'warning' : 'ok', detail, remedy: '' };
  } finally {
    await engine.close();
  }
}
