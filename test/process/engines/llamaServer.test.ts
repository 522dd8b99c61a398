/**
 * The engine for servers with llama.cpp's own, where one is at hand: REFLECTION_LLAMA_SERVER is its path. It serves the
 * embedded model, so that what it says can be held against the model in a process of ours.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, SampleRequest, SampleResult } from '../../../src/node/engines/engine.ts';
import { eventually } from '../cli/cli.ts';
import { ask, closesEngines, collect, nano, never, open, problems, textsOf, thinkingNano } from './models.ts';

const binary = process.env.REFLECTION_LLAMA_SERVER;
closesEngines();
const servers: ChildProcess[] = [];
afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
});

const whySkipped = binary === undefined ? ' (REFLECTION_LLAMA_SERVER is not set)' : '';

describe.skipIf(binary === undefined)(`llama.cpp's server${whySkipped}`, () => {
  let baseUrl = '';
  let engine: Engine;
  const told: string[] = [];
  const config = () => ({ name: 'served', engine: 'openai', baseUrl, model: nano, concurrency: 4 }) as const;

  beforeAll(async () => {
    baseUrl = await serve(nano);
    engine = await open(config(), { onWarning: (message: string) => told.push(message) });
  });

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

  it('repeats a seed, streams what it gives, and is asked for one text at a time', async () => {
    const requests = problems(3, 4, { maxTokens: 60, temperature: 1 });
    const texts = textsOf(await collect(engine.sample(requests, never)));
    expect(new Set(texts.values()).size).toBeGreaterThan(3);
    const streamed = await collect(engine.sample(requests, never, { onPartial: () => undefined }));
    expect(textsOf(streamed)).toEqual(texts);
    // It would count the tokens of the first text only: each has a request of its own.
    const several = await open({ ...config(), choices: 4 });
    expect(textsOf(await collect(several.sample(requests, never)))).toEqual(texts);
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

describe.skipIf(binary === undefined)(`llama.cpp's server with a model that thinks${whySkipped}`, () => {
  const model = thinkingNano();
  const config = { name: 'here', engine: 'llama', processes: 1, slots: 1 } as const;

  it.each(['deepseek', 'none', 'auto'])(
    'gives what the same file gives here, whole, cut, streamed and begun (--reasoning-format %s)',
    async (format) => {
      const here = await open({ ...config, path: model() });
      const baseUrl = await serve(model(), ['--reasoning-format', format]);
      const told: string[] = [];
      const served = { name: 'served', engine: 'openai', baseUrl, model: model(), concurrency: 4 } as const;
      const engine = await open(served, { onWarning: (message: string) => told.push(message) });
      const greedy = problems(4, 1, { maxTokens: 250, temperature: 0 });
      const cut = problems(3, 1, { maxTokens: 12, temperature: 0 });
      const begun = greedy.map((request) => ({ ...request, prefix: '<think>\nStep 1: 3+' }));
      for (const requests of [greedy, cut, begun]) {
        const expected = await collect(here.sample(requests, never));
        expect(byId(await collect(engine.sample(requests, never)))).toEqual(byId(expected));
        const heard = new Map<string, string>();
        const control = { onPartial: (id: string, text: string) => void heard.set(id, text) };
        expect(byId(await collect(engine.sample(requests, never, control)))).toEqual(byId(expected));
        expect(heard).toEqual(textsOf(expected));
        for (const { text } of expected) expect(text).toMatch(/^<think>\n/);
        if (requests !== cut) expect(expected.some(({ text }) => text.includes('</think>'))).toBe(true);
      }
      expect(told).toEqual([]);
    },
  );
});

function byId(rows: readonly SampleResult[]) {
  const facts = rows.map(({ id, ms: _, ...rest }) => [id, rest] as const);
  return new Map(facts);
}

/** Serves a model until the tests of the file are over; gives the address of its API. */
async function serve(model: string, options: readonly string[] = []): Promise<string> {
  const port = await freePort();
  const place = ['-m', model, '--host', '127.0.0.1', '--port', String(port)];
  const shape = ['--jinja', '-ngl', '0', '-np', '4', '-c', '2048', '-t', '1'];
  servers.push(spawn(binary ?? '', [...place, ...shape, ...options], { stdio: 'ignore' }));
  // Listening, and the model loaded.
  await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    return response?.ok === true ? true : undefined;
  });
  return `http://127.0.0.1:${port}/v1`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
