/**
 * Tokens per second of sampling: our lockstep engine against plain parallel use of node-llama-cpp, on the same file.
 *
 *   npm run bench -- sampling                     the embedded model
 *   npm run bench -- sampling --generated         also a random q8_0 model of about 100 million parameters
 *   npm run bench -- sampling --model FILE        any GGUF file
 *
 * Each figure is taken after a warm-up, over all generated tokens, the prompts' evaluation included; for a small model it
 * is the best of three runs. Nothing else should run on the machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import type { Engine, SampleRequest } from '../../src/node/engines/engine.ts';
import { connectEngine } from '../../src/node/engines/index.ts';
import { promptMaker } from '../../src/node/inference/tokens.ts';

const root = path.resolve(import.meta.dirname, '../..');
const WIDTHS = [1, 8, 32];
const SAMPLES_PER_PROMPT = 8;
const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    generated: { type: 'boolean', default: false },
    'max-tokens': { type: 'string', default: '120' },
    json: { type: 'boolean', default: false },
  },
});
const longest = Number(options['max-tokens']);
const { signal } = new AbortController();

interface Figure {
  readonly model: string;
  readonly how: string;
  /** Samples side by side, over all processes. */
  readonly width: number;
  readonly tokensPerSecond: number;
}

function requestsFor(width: number, maxTokens: number): SampleRequest[] {
  return Array.from({ length: Math.max(4, 2 * width) }, (_, index) => ({
    id: String(index),
    messages: [{ role: 'user', content: `What is ${Math.floor(index / SAMPLES_PER_PROMPT)} + 17?` }],
    seed: index,
    sampling: { temperature: 0.8, topP: 1, topK: 0, minP: 0, maxTokens },
  }));
}

/** Tokens per second of `run`, which takes the tokens of one sample and returns those of all. */
async function measure(file: string, run: (maxTokens: number) => Promise<number>): Promise<number> {
  await run(4);
  const rounds = statSync(file).size < 50e6 ? 3 : 1;
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const tokens = await run(longest);
    best = Math.max(best, (1000 * tokens) / (performance.now() - startedAt));
  }
  return Math.round(best);
}

function note(figures: Figure[], figure: Figure): void {
  figures.push(figure);
  console.error(`${figure.model}, ${figure.how}, ${figure.width} at a time: ${figure.tokensPerSecond}`);
}

async function engineTokens(engine: Engine, requests: readonly SampleRequest[]): Promise<number> {
  let tokens = 0;
  for await (const row of engine.sample(requests, signal)) {
    if (row.error !== undefined) throw new Error(row.error);
    tokens += row.tokens;
  }
  return tokens;
}

async function lockstepFigures(file: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  const model = path.basename(file);
  for (const processes of [1, undefined]) {
    for (const width of WIDTHS) {
      const slots = processes === undefined ? Math.ceil(width / availableParallelism()) : width;
      const base = {
        name: model,
        engine: 'llama',
        path: file,
        gpu: 'cpu',
        contextTokens: 512,
        slots,
      } as const;
      const engine = await connectEngine(processes === undefined ? base : { ...base, processes }, signal);
      const tokensPerSecond = await measure(file, (most) => engineTokens(engine, requestsFor(width, most)));
      const { processes: used, threads } = engine.facts;
      const how = `lockstep, ${used} x ${threads} thread`;
      note(figures, { model, how, width: used * slots, tokensPerSecond });
      await engine.close();
    }
  }
  return figures;
}

/** What the package's own guide shows: one `evaluate` per sequence, all at once. */
async function plainFigures(file: string): Promise<Figure[]> {
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: file });
  const promptOf = promptMaker(model, 512);
  const figures: Figure[] = [];
  for (const width of WIDTHS) {
    const context = await model.createContext({ sequences: width, contextSize: 512 });
    const sequences = Array.from({ length: width }, () => context.getSequence());
    const tokensPerSecond = await measure(file, async (most) => {
      const requests = requestsFor(width, most).values();
      const counts = sequences.map(async (sequence) => {
        let tokens = 0;
        for (const request of requests) tokens += await plainSample(model, sequence, request, promptOf);
        return tokens;
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    });
    note(figures, { model: path.basename(file), how: 'plain, 1 thread', width, tokensPerSecond });
    await context.dispose();
  }
  await llama.dispose();
  return figures;
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

const folder = mkdtempSync(path.join(tmpdir(), 'reflection-bench-'));
try {
  const files = [options.model ?? path.join(root, 'media/models/nano.gguf')];
  if (options.generated) {
    const generated = path.join(folder, 'random-100m-q8_0.gguf');
    const maker = path.join(root, 'test/fixtures/gguf/make_gguf.py');
    execFileSync(path.join(root, '.venv/bin/python'), [maker, generated, '--size', 'bench'], {
      stdio: 'inherit',
    });
    files.push(generated);
  }
  const figures: Figure[] = [];
  for (const file of files) figures.push(...(await lockstepFigures(file)), ...(await plainFigures(file)));
  if (options.json) console.log(JSON.stringify(figures, null, 2));
  else {
    console.log(
      `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}; tokens per second`,
    );
    console.table(figures);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
