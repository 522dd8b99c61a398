/**
 * The engine for servers with llama.cpp's own, where one is at hand: REFLECTION_LLAMA_SERVER is its path. It serves the
 * embedded model, so that what it says can be held against the model in a process of ours.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, SampleRequest } from '../../../src/node/engines/engine.ts';
import { eventually } from '../cli/cli.ts';
import { ask, closesEngines, collect, nano, never, open, problems, textsOf } from './models.ts';

const binary = process.env.REFLECTION_LLAMA_SERVER;
closesEngines();

const whySkipped = binary === undefined ? ' (REFLECTION_LLAMA_SERVER is not set)' : '';

describe.skipIf(binary === undefined)(`llama.cpp's server${whySkipped}`, () => {
  let server: ChildProcess;
  let baseUrl = '';
  let engine: Engine;
  const told: string[] = [];
  const config = () => ({ name: 'served', engine: 'openai', baseUrl, model: nano, concurrency: 4 }) as const;

  beforeAll(async () => {
    const port = await freePort();
    baseUrl = `http://127.0.0.1:${port}/v1`;
    const shape = ['--jinja', '-ngl', '0', '-np', '4', '-c', '2048', '-t', '1'];
    server = spawn(binary ?? '', ['-m', nano, '--host', '127.0.0.1', '--port', String(port), ...shape], {
      stdio: 'ignore',
    });
    // Listening, and the model loaded.
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      return response?.ok === true ? true : undefined;
    });
    engine = await open(config(), { onWarning: (message: string) => told.push(message) });
  });
  afterAll(() => void server.kill('SIGKILL'));

  it('says what it serves', () => {
    expect(engine.identity).toMatchObject({ path: nano, reported: nano });
    expect(engine.identity.templateSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(engine.facts).toMatchObject({ name: expect.stringContaining('llamacpp'), contextTokens: 512 });
    expect(engine.facts.version).not.toBe('v1');
  });

  it('gives the greedy texts and token counts that the same file gives here', async () => {
    const here = await open({ name: 'here', engine: 'llama', path: nano, processes: 1, slots: 1 });
    const greedy = problems(4, 1, { maxTokens: 120, temperature: 0 });
    const [expected, found] = [
      await collect(here.sample(greedy, never)),
      await collect(engine.sample(greedy, never)),
    ];
    expect(textsOf(found)).toEqual(textsOf(expected));
    const counts = (rows: typeof found) =>
      new Map(rows.map(({ id, tokens, promptTokens }) => [id, [tokens, promptTokens]]));
    expect(counts(found)).toEqual(counts(expected));
  });

  it('repeats a seed, streams what it gives, and makes several texts of one request', async () => {
    const requests = problems(3, 4, { maxTokens: 60, temperature: 1 });
    const texts = textsOf(await collect(engine.sample(requests, never)));
    expect(new Set(texts.values()).size).toBeGreaterThan(3);
    const streamed = await collect(engine.sample(requests, never, { onPartial: () => undefined }));
    expect(textsOf(streamed)).toEqual(texts);
    const several = await open({ ...config(), choices: 4 });
    const rows = await collect(several.sample(requests, never));
    expect(rows.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(rows.map(({ sharedSeed }) => sharedSeed)).not.toContain(undefined);
    expect(new Set(rows.map(({ text }) => text)).size).toBeGreaterThan(3);
  });

  it('gives the log-probabilities of the policy, which join to the text', async () => {
    const sampling = { temperature: 0.7, topK: 5, maxTokens: 60 };
    const asked = problems(2, 2, sampling).map((request): SampleRequest => ({ ...request, logprobs: true }));
    for (const { text, tokens, finish, logprobs } of await collect(engine.sample(asked, never))) {
      expect(logprobs?.of).toBe('policy');
      expect(logprobs?.texts?.join('')).toBe(text);
      expect(logprobs?.values).toHaveLength(finish === 'stop' ? tokens + 1 : tokens);
      expect(logprobs?.ids).toHaveLength(logprobs?.values.length ?? 0);
      for (const value of logprobs?.values ?? []) expect(value).toBeLessThanOrEqual(0);
    }
  });

  it('says with both numbers that a prompt is too long, and needs no warning for all of this', async () => {
    const long: SampleRequest = { ...ask('long', '', 1), messages: undefined, raw: 'a '.repeat(2000) };
    const [row] = await collect(engine.sample([long], never));
    expect(row).toMatchObject({ finish: 'error', error: expect.stringMatching(/\d{4} tokens.*512/) });
    expect(told).toEqual([]);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
