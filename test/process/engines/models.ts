/** What the tests of engines share: models, requests, and a look at processes. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { type ModelConfigInput, modelConfigSchema } from '../../../src/core/schema/model.ts';
import type { SamplingOptions } from '../../../src/core/schema/run.ts';
import { cacheFolder } from '../../../src/node/cacheFolder.ts';
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

/** A folder that is there for the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'reflection-engines-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Random models, whole and broken ones, by name. */
export function generatedModels(): (name: string) => string {
  let folder = '';
  beforeAll(() => {
    folder = madeOnce('test/fixtures/gguf/make_gguf.py', []);
  });
  return (name) => path.join(folder, `${name}.gguf`);
}

/**
 * The embedded model under the template of a model that thinks: the prompt ends in the tag that opens the thought, the model
 * goes on and closes it before its answer, and of former answers the thoughts are left out.
 */
export function thinkingNano(): () => string {
  let folder = '';
  beforeAll(() => {
    folder = madeOnce(WITH_TEMPLATE, ['media/models/nano.gguf'], ['media/models/nano.gguf', THINKING]);
  });
  return () => path.join(folder, 'model.gguf');
}

const WITH_TEMPLATE = 'test/fixtures/gguf/with_template.py';
const THINKING = [
  "{% for m in messages %}{% set content = m['content'] %}",
  "{% if m['role'] == 'assistant' and '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}",
  "{{ '<|im_start|>' + m['role'] + '\\n' + content + '<|im_end|>\\n' }}{% endfor %}",
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n<think>\\n' }}{% endif %}",
].join('');

/**
 * The folder that a Python script fills, which it gets as its last parameter. It is kept in the cache of the tests for as
 * long as the parameters, the script and the files that it reads or imports (`made of`) are the same: to be read only.
 */
export function madeOnce(
  script: string,
  madeOf: readonly string[],
  parameters: readonly string[] = [],
): string {
  const hash = createHash('sha256').update(JSON.stringify(parameters));
  const files = globSync(['scripts/trainer/requirements*.txt', script, ...madeOf], { cwd: root }).toSorted();
  for (const file of files) hash.update(file).update(readFileSync(path.join(root, file)));
  const name = `${path.basename(script, '.py')}-${hash.digest('hex').slice(0, 16)}`;
  const folder = path.join(cacheFolder(), 'fixtures', name);
  if (existsSync(folder)) return folder;
  mkdirSync(path.dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  execFileSync(python, [script, ...parameters, making], {
    cwd: root,
    env: oneThread,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    renameSync(making, folder);
  } catch (error) {
    // Another file's tests were faster.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Tiny tensors gain nothing by a second thread, and wait for it. */
const oneThread = { ...process.env, OMP_NUM_THREADS: '1' };

/** What a program prints that gets `input`. */
export function pythonAnswer(parameters: readonly string[], input: string): string {
  return execFileSync(python, [...parameters], {
    cwd: root,
    env: oneThread,
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

/** Waits for something that happens outside this process. */
export async function until(condition: () => boolean, milliseconds = 10_000): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await wait(20)) {
    if (condition()) return true;
  }
  return condition();
}
