/** What the tests of engines share: models, requests, and a look at processes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { type ModelConfigInput, modelConfigSchema } from '../../../src/core/schema/model.ts';
import type { SamplingOptions } from '../../../src/core/schema/run.ts';
import type { Engine, SampleRequest, SampleResult } from '../../../src/node/engines/engine.ts';
import { connectEngine } from '../../../src/node/engines/index.ts';

export const root = path.resolve(import.meta.dirname, '../../..');
export const nano = path.join(root, 'media/models/nano.gguf');
const python = path.join(
  root,
  process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python',
);

export const never = new AbortController().signal;
export const plain: SamplingOptions = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 40 };

/** Builds the inference child once before the tests of a file. */
export function buildsInferenceChild(): void {
  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/build.mjs', '--only', 'inference'], { cwd: root });
  });
}

/** A folder that is there for the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'reflection-engines-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Random models, whole and broken ones, by name. */
export function generatedModels(): (name: string) => string {
  const folder = temporaryFolder();
  beforeAll(() => {
    runPython(path.join(root, 'test/fixtures/gguf/make_gguf.py'), folder);
  });
  return (name) => path.join(folder, `${name}.gguf`);
}

export function runPython(...parameters: readonly string[]): void {
  execFileSync(python, [...parameters], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** What a program prints that gets `input`. */
export function pythonAnswer(parameters: readonly string[], input: string): string {
  return execFileSync(python, [...parameters], {
    cwd: root,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
}

const opened: Engine[] = [];

/** Connects an engine and closes it after the tests of the file, however they end. */
export async function open(config: ModelConfigInput, options = {}): Promise<Engine> {
  const engine = await connectEngine(modelConfigSchema.parse(config), never, options);
  opened.push(engine);
  return engine;
}

export function closesEngines(): void {
  afterAll(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.close()));
  });
}

export function ask(
  id: string,
  content: string,
  seed: number,
  sampling: Partial<SamplingOptions> = {},
): SampleRequest {
  return { id, messages: [{ role: 'user', content }], seed, sampling: { ...plain, ...sampling } };
}

/** Several samples of each of several problems. */
export function problems(
  count: number,
  samples: number,
  sampling: Partial<SamplingOptions> = {},
): SampleRequest[] {
  return Array.from({ length: count * samples }, (_, index) => {
    const [problem, sample] = [Math.floor(index / samples), index % samples];
    return ask(
      `p${problem}#${sample}`,
      `What is ${problem} + ${problem + 2}?`,
      1000 * problem + sample,
      sampling,
    );
  });
}

export async function collect(results: AsyncIterable<SampleResult>): Promise<SampleResult[]> {
  const rows: SampleResult[] = [];
  for await (const row of results) rows.push(row);
  return rows;
}

/** Texts by id. */
export function textsOf(rows: readonly SampleResult[]): Map<string, string> {
  return new Map(rows.map(({ id, text }) => [id, text]));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits for something that happens outside this process. */
export async function until(condition: () => boolean, milliseconds = 10_000): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await wait(20)) {
    if (condition()) return true;
  }
  return condition();
}
