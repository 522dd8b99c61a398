/** The engine against a real server with its own ideas: `transformers serve` on the embedded model's weights. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, SampleResult } from '../../../src/node/engines/engine.ts';
import { FAULTS, type FaultProxy, startFaultProxy } from './faultProxy.ts';
import { ask, closesEngines, collect, never, open, problems } from './models.ts';
import { type Served, START_MS, serve, stop } from './transformersServer.ts';

closesEngines();

describe('transformers serve', () => {
  let served: Served;
  let engine: Engine;
  const warnings: string[] = [];
  beforeAll(async () => {
    served = await serve();
    const { baseUrl, model } = served;
    // One request at a time: that server's seed is one for the whole process.
    const config = { name: 'served', engine: 'openai', baseUrl, model, concurrency: 1 } as const;
    engine = await open(config, { onWarning: (message: string) => warnings.push(message) });
  }, START_MS);
  afterAll(() => stop(served));

  it('gives finished texts with token counts', async () => {
    const rows = await collect(engine.sample(problems(2, 3, { maxTokens: 50, temperature: 0.8 }), never));
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      expect(row).not.toHaveProperty('error');
      expect(['stop', 'length']).toContain(row.finish);
      expect(row.promptTokens).toBeGreaterThan(5);
      expect(row.tokens).toBeGreaterThan(0);
    }
    expect(new Set(rows.map(({ text }) => text)).size).toBeGreaterThan(2);
  });

  it('takes the seed: the same one gives the same text', async () => {
    const request = ask('again', 'What is 3 + 4?', 77, { maxTokens: 40 });
    const [first] = await collect(engine.sample([request], never));
    const [second] = await collect(engine.sample([request], never));
    const [other] = await collect(engine.sample([{ ...request, seed: 78 }], never));
    expect(second?.text).toBe(first?.text);
    expect(other?.text).not.toBe(first?.text);
  });

  it('continues raw prompts', async () => {
    const [row] = await collect(
      engine.sample(
        [{ ...ask('r', '', 1, { maxTokens: 5 }), messages: undefined, raw: 'Step 1: 2+2=' }],
        never,
      ),
    );
    expect(row).toMatchObject({ id: 'r' });
    expect(row).not.toHaveProperty('error');
  });

  it('refuses top_k and min_p, which is told once; its name of the model is accepted', () => {
    expect(warnings).toEqual([expect.stringContaining('top_k')]);
  });

  it('streams what it then gives', async () => {
    const request = ask('watched', 'What is 5 + 4?', 31, { maxTokens: 60 });
    const heard: string[] = [];
    const [watched] = await collect(
      engine.sample([request], never, { onPartial: (_id, text) => heard.push(text) }),
    );
    const [plain] = await collect(engine.sample([request], never));
    expect(watched).toMatchObject({ finish: plain?.finish });
    // That server keeps a last line break in one of the two ways only.
    expect(watched?.text.trimEnd()).toBe(plain?.text.trimEnd());
    expect(heard.length).toBeGreaterThan(5);
    for (const part of heard) expect(watched?.text.startsWith(part.trimEnd())).toBe(true);
  });

  it('gives one text where several were asked for, and no log-probabilities: both are told', async () => {
    const told: string[] = [];
    const { baseUrl, model } = served;
    const config = { name: 'served', engine: 'openai', baseUrl, model, concurrency: 1, choices: 4 } as const;
    const several = await open(config, { onWarning: (message: string) => told.push(message) });
    const requests = problems(1, 4, { maxTokens: 40, temperature: 0.9 }).map((request) => ({
      ...request,
      logprobs: true,
    }));
    const rows = await collect(several.sample(requests, never));
    expect(rows.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    for (const row of rows) {
      expect(row).not.toHaveProperty('error');
      expect(row).not.toHaveProperty('logprobs');
    }
    expect(told).toContainEqual(expect.stringMatching(/asked for 4 texts.*gave 1/));
    expect(told).toContainEqual(expect.stringMatching(/no log-probabilities/));
  });

  describe.each([false, true])('behind a gateway that spoils an answer (streamed: %s)', (isStreamed) => {
    let proxy: FaultProxy;
    let expected: SampleResult | undefined;
    const request = ask('faulty', 'What is 6 + 2?', 5, { maxTokens: 60 });
    const onPartial = isStreamed ? () => undefined : undefined;
    beforeAll(async () => {
      proxy = await startFaultProxy(served.baseUrl);
      [expected] = await collect(engine.sample([request], never));
    });
    afterAll(() => proxy.close());

    it.each(FAULTS)('by %s: the sample is whole or an error, never something between', async (fault) => {
      const told: string[] = [];
      const config = {
        name: 'behind',
        engine: 'openai',
        baseUrl: proxy.baseUrl,
        model: served.model,
        concurrency: 1,
      } as const;
      const behind = await open(config, { onWarning: (message: string) => told.push(message) });
      // The first request finds out the dialect.
      await collect(behind.sample([{ ...request, seed: 1 }], never));
      proxy.count = 0;
      proxy.fault = fault;
      const [row] = await collect(behind.sample([request], never, { onPartial }));
      expect(proxy.fault).toBeUndefined();
      if (fault === 'empty choices' && !isStreamed) {
        expect(row).toMatchObject({ finish: 'error', text: '', error: expect.stringContaining('choice') });
        return;
      }
      expect(row).toMatchObject({ finish: expected?.finish, text: expected?.text });
      const isHarmless = ['slow first byte', 'wrong model', 'wrong usage'].includes(fault);
      const isUnseen = fault === 'duplicate chunk' && !isStreamed;
      expect(proxy.count).toBe(isHarmless || isUnseen ? 1 : 2);
      if (fault === 'wrong model') expect(told.join()).toContain('"another"');
      if (fault === 'wrong usage') expect(told.join()).toContain('token counts');
    });
  });

  it('that is killed ends the run with its address', async () => {
    const { baseUrl, model } = served;
    const lost = await open({ name: 'served', engine: 'openai', baseUrl, model, concurrency: 1, retries: 0 });
    let finished = 0;
    await expect(async () => {
      for await (const row of lost.sample(problems(20, 5, { maxTokens: 10 }), never)) {
        if (row.error === undefined && ++finished === 2) await stop(served);
      }
    }).rejects.toMatchObject({ code: 'server-unreachable', message: expect.stringContaining(baseUrl) });
  });
});

describe('transformers serve without do_sample', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(['--greedy']);
  }, START_MS);
  afterAll(() => stop(served));

  it('ignores temperature and seed, and is found out', async () => {
    const warnings: string[] = [];
    const { baseUrl, model } = served;
    const config = { name: 'served', engine: 'openai', baseUrl, model, concurrency: 1 } as const;
    const engine = await open(config, { onWarning: (message: string) => warnings.push(message) });
    await collect(engine.sample(problems(1, 4, { maxTokens: 20, temperature: 2 }), never));
    expect(warnings).toContainEqual(expect.stringMatching(/All 4 samples.*same text/));
  });
});
