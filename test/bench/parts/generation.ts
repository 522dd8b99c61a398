/** Tokens per second of several ways to sample from one GGUF file. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import type { ModelConfigInput } from '../../../src/core/schema/model.ts';
import { modelConfigSchema } from '../../../src/core/schema/model.ts';
import type { Engine, SampleRequest } from '../../../src/node/engines/engine.ts';
import { connectEngine } from '../../../src/node/engines/index.ts';
import { promptMaker } from '../../../src/node/inference/tokens.ts';
import { treeCpuSeconds } from './processTree.ts';

export interface Figure {
  readonly model: string;
  readonly how: string;
  /** Samples side by side, over all processes. */
  readonly width: number;
  readonly tokensPerSecond: number;
  /** Time of processors for one token, in milliseconds: of all processes, a server's too. Null where it is not told. */
  readonly cpuMsPerToken: number | null;
}

type Speed = Pick<Figure, 'tokensPerSecond' | 'cpuMsPerToken'>;

export interface Task {
  readonly file: string;
  readonly widths: readonly number[];
  /** New tokens of one sample, at most. */
  readonly longest: number;
  readonly note: (figure: Figure) => void;
}

const CONTEXT = 512;
const SAMPLES_PER_PROMPT = 8;
const { signal } = new AbortController();

function requestsFor(width: number, maxTokens: number): SampleRequest[] {
  return Array.from({ length: Math.max(4, 2 * width) }, (_, index) => ({
    id: String(index),
    messages: [{ role: 'user', content: `What is ${Math.floor(index / SAMPLES_PER_PROMPT)} + 17?` }],
    seed: index,
    sampling: { temperature: 0.8, topP: 1, topK: 0, minP: 0, maxTokens },
  }));
}

/** Best of three for a small file, after a warm-up. `run` takes the tokens of one sample and returns those of all. */
async function measure({ file, longest }: Task, run: (maxTokens: number) => Promise<number>): Promise<Speed> {
  await run(4);
  const rounds = statSync(file).size < 50e6 ? 3 : 1;
  let best: Speed = { tokensPerSecond: 0, cpuMsPerToken: null };
  for (let round = 0; round < rounds; round++) {
    const [startedAt, cpuBefore] = [performance.now(), treeCpuSeconds(process.pid)];
    const tokens = await run(longest);
    const tokensPerSecond = Math.round((1000 * tokens) / (performance.now() - startedAt));
    const cpu = treeCpuSeconds(process.pid);
    const cpuMsPerToken =
      cpu === null || cpuBefore === null ? null : Number(((1000 * (cpu - cpuBefore)) / tokens).toFixed(2));
    if (tokensPerSecond > best.tokensPerSecond) best = { tokensPerSecond, cpuMsPerToken };
  }
  return best;
}

async function engineTokens(engine: Engine, requests: readonly SampleRequest[]): Promise<number> {
  let tokens = 0;
  for await (const row of engine.sample(requests, signal)) {
    if (row.error !== undefined) throw new Error(row.error);
    tokens += row.tokens;
  }
  return tokens;
}

function openEngine(config: ModelConfigInput): Promise<Engine> {
  return connectEngine(modelConfigSchema.parse(config), signal);
}

/** Our engine: one thread in one process, and what it chooses by itself on this machine. */
export async function engineFigures(task: Task): Promise<void> {
  const model = path.basename(task.file);
  const base = { name: model, engine: 'llama', path: task.file, gpu: 'cpu', contextTokens: CONTEXT } as const;
  for (const width of task.widths) {
    const single = await openEngine({ ...base, processes: 1, slots: width });
    await engineFigure(task, single, `lockstep, ${layoutOf(single)}`, width);
  }
  for (const width of task.widths) {
    const chosen = await openEngine({ ...base, slots: width });
    const { processes } = chosen.facts;
    const how = `lockstep, chosen: ${layoutOf(chosen)}`;
    if (processes === 1) {
      await engineFigure(task, chosen, how, width);
    } else {
      // The same number side by side, spread over the processes.
      await chosen.close();
      const spread = await openEngine({ ...base, processes, slots: Math.ceil(width / processes) });
      await engineFigure(task, spread, how, processes * Math.ceil(width / processes));
    }
  }
}

function layoutOf({ facts: { processes, threads } }: Engine): string {
  return `${processes} process${processes === 1 ? '' : 'es'} x ${threads} thread${threads === 1 ? '' : 's'}`;
}

async function engineFigure(task: Task, engine: Engine, how: string, width: number): Promise<void> {
  const speed = await measure(task, (most) => engineTokens(engine, requestsFor(width, most)));
  task.note({ model: path.basename(task.file), how, width, ...speed });
  await engine.close();
}

/** What the package's own guide shows: one `evaluate` per sequence, all at once. */
export async function plainFigures(task: Task): Promise<void> {
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: task.file });
  const promptOf = promptMaker(model, CONTEXT);
  for (const width of task.widths) {
    const context = await model.createContext({ sequences: width, contextSize: CONTEXT });
    const sequences = Array.from({ length: width }, () => context.getSequence());
    const speed = await measure(task, async (most) => {
      const requests = requestsFor(width, most).values();
      const counts = sequences.map(async (sequence) => {
        let tokens = 0;
        for (const request of requests) tokens += await plainSample(model, sequence, request, promptOf);
        return tokens;
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    });
    task.note({ model: path.basename(task.file), how: 'plain, 1 thread', width, ...speed });
    await context.dispose();
  }
  await llama.dispose();
}

async function plainSample(
  model: LlamaModel,
  sequence: LlamaContextSequence,
  request: SampleRequest,
  promptOf: ReturnType<typeof promptMaker>,
): Promise<number> {
  const { temperature, topP, topK, minP, maxTokens } = request.sampling;
  await sequence.clearHistory();
  let count = 0;
  const sampling = { temperature, topP, topK, minP, seed: request.seed };
  for await (const token of sequence.evaluate([...promptOf(request).tokens], sampling)) {
    if (model.isEogToken(token) || ++count >= maxTokens) break;
  }
  return count;
}

/** llama.cpp's own server with the same file, slots and context, through our engine for servers. */
export async function llamaServerFigures(task: Task, binary: string): Promise<void> {
  // Small models are slower with more threads, and nobody asks the server to find out.
  for (const threads of new Set([1, availableParallelism()])) await servedFigures(task, binary, threads);
}

async function servedFigures(task: Task, binary: string, threads: number): Promise<void> {
  const model = path.basename(task.file);
  const how = `llama-server, ${threads} thread${threads === 1 ? '' : 's'}`;
  for (const width of task.widths) {
    const port = await freePort();
    const flags = ['-m', task.file, '--host', '127.0.0.1', '--port', String(port), '--jinja', '-ngl', '0'];
    const shape = ['-np', String(width), '-c', String(width * CONTEXT), '-t', String(threads)];
    const server = spawn(binary, [...flags, ...shape], { stdio: 'ignore' });
    try {
      await untilHealthy(port, () => server.exitCode === null);
      const baseUrl = `http://127.0.0.1:${port}/v1`;
      const engine = await openEngine({ name: model, engine: 'openai', baseUrl, model, concurrency: width });
      await engineFigure(task, engine, how, width);
    } finally {
      server.kill('SIGKILL');
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilHealthy(port: number, isRunning: () => boolean): Promise<void> {
  while (isRunning()) {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (response?.ok) return;
    await wait(100);
  }
  throw new Error('The llama.cpp server ended at its start.');
}
