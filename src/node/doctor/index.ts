/** What works on this machine: each probe runs the real thing and says what to do when it fails. */
import { messageOf, UserError } from '../../core/errors.ts';
import type { ModelConfig } from '../../core/schema/model.ts';
import { probeDisk, probeLlama, probeModelFiles, probeNode, probePython, probeServer } from './probes.ts';

export interface ProbeResult {
  readonly id: string;
  readonly label: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found. */
  readonly detail: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly remedy: string;
}

export interface DoctorOptions {
  readonly workspace: string;
  readonly python?: string;
  /** Models of `reflection.json`: servers are asked, files are looked at. */
  readonly models: readonly ModelConfig[];
  readonly signal: AbortSignal;
  readonly onResult?: (result: ProbeResult) => void;
}

type Probe = { id: string; label: string; run(): Promise<Omit<ProbeResult, 'id' | 'label'>> };

/** Runs every probe, one after the other; none stops the rest. */
export async function examine(options: DoctorOptions): Promise<ProbeResult[]> {
  const servers = options.models.filter((model) => model.engine === 'openai');
  const files = options.models.filter((model) => model.engine === 'llama');
  const probes: Probe[] = [
    { id: 'node', label: 'Node', run: async () => probeNode() },
    { id: 'disk', label: 'Disk', run: () => probeDisk(options.workspace) },
    { id: 'llama', label: 'Local models (llama.cpp)', run: () => probeLlama(options.signal) },
    { id: 'python', label: 'Training (Python)', run: () => probePython(options.python, options.signal) },
    ...files.map((model) => ({
      id: `model:${model.name}`,
      label: `Model ${model.name}`,
      run: () => probeModelFiles(model),
    })),
    ...servers.map((model) => ({
      id: `server:${model.name}`,
      label: `Server ${model.name}`,
      run: () => probeServer(model, options.signal),
    })),
  ];
  const results: ProbeResult[] = [];
  for (const { id, label, run } of probes) {
    const result = { id, label, ...(await run().catch(failure)) };
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

function failure(error: unknown): Omit<ProbeResult, 'id' | 'label'> {
  const remedy = error instanceof UserError ? error.remedy : 'Please report this with the text above.';
  const file = error instanceof UserError ? error.place.file : undefined;
  const detail = file === undefined ? messageOf(error) : `${file}: ${messageOf(error)}`;
  return { status: 'failed', detail, remedy };
}
