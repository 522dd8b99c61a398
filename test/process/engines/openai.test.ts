import { describe, expect, it } from 'vitest';
import { engineFactsSchema, modelIdentitySchema } from '../../../src/core/schema/run.ts';
import type { SampleResult } from '../../../src/node/engines/engine.ts';
import { answer, type Behaviour, cutShort, type Exchange, json, startFaultServer } from './faultServer.ts';
import { ask, collect, never, until } from './models.ts';
import { connect, requests, sampleAll } from './openaiClient.ts';

describe('a server that does what it should', () => {
  it('is sent every parameter and its answers become rows', async () => {
    const { server, rows, warnings } = await sampleAll(answer, 20);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(
      requests(20)
        .map(({ id }) => id)
        .toSorted(),
    );
    for (const row of rows) {
      expect(row).toEqual({
        id: row.id,
        text: `seed ${row.id.slice(1)}`,
        promptTokens: 11,
        tokens: 3,
        finish: 'stop',
        ms: expect.any(Number),
      });
    }
    expect(server.exchanges[0]?.body).toMatchObject({
      model: 'm',
      temperature: 0.7,
      top_p: 0.9,
      max_tokens: 50,
      top_k: 0,
      min_p: 0,
    });
    expect(warnings).toEqual([]);
  });

  it('never has more requests open than allowed, and as many as that', async () => {
    const server = await startFaultServer(async (exchange) => {
      await until(() => false, 10);
      answer(exchange);
    });
    const { engine } = await connect(server, { concurrency: 3 });
    await collect(engine.sample(requests(15), never));
    expect(server.mostOpen).toBe(3);
  });

  it('may take its time for the first byte', async () => {
    const { row } = await sampleAll(async (exchange) => {
      await until(() => false, 400);
      answer(exchange);
    });
    expect(row).toMatchObject({ finish: 'stop' });
  });

  it('gets raw prompts at the other address', async () => {
    const server = await startFaultServer(({ response, body }) =>
      json(response, {
        model: 'm',
        choices: [{ finish_reason: 'length', text: `${body.prompt}!` }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      }),
    );
    const { engine } = await connect(server);
    const rows = await collect(
      engine.sample([{ ...ask('r', '', 1), messages: undefined, raw: '2+2=' }], never),
    );
    expect(rows).toMatchObject([{ id: 'r', text: '2+2=!', finish: 'length' }]);
    expect(server.exchanges[0]?.path).toBe('/v1/completions');
  });
});

describe('what a server says of its model', () => {
  it('is part of the identity', async () => {
    const entry = { id: 'm', root: 'org/real-model', owned_by: 'vllm', max_model_len: 32_768 };
    const { engine, warnings } = await connect(await startFaultServer(answer, [entry]));
    expect(engine.identity).toMatchObject({ path: 'm', reported: 'org/real-model' });
    expect(engine.facts).toMatchObject({ contextTokens: 32_768, name: expect.stringContaining('vllm') });
    expect(modelIdentitySchema.parse(engine.identity)).toEqual(engine.identity);
    expect(engineFactsSchema.parse(engine.facts)).toEqual(engine.facts);
    expect(warnings).toEqual([]);
  });

  it('that it has others only is told', async () => {
    const { warnings } = await connect(await startFaultServer(answer, [{ id: 'a' }, { id: 'b' }]));
    expect(warnings).toEqual([expect.stringMatching(/does not list the model "m".*a, b/)]);
  });

  it.each([[{ id: 7 }], [{ name: 'x' }]])('may be nonsense: %j', async (entry) => {
    const { engine, warnings } = await connect(await startFaultServer(answer, [entry]));
    expect(engine.identity).not.toHaveProperty('reported');
    expect(warnings).toEqual([]);
  });
});

describe('a server that falters', () => {
  const first =
    (fault: Behaviour): Behaviour =>
    (exchange) =>
      exchange.index === 0 ? fault(exchange) : answer(exchange);

  it.each<[string, Behaviour]>([
    [
      '429 with Retry-After',
      ({ response }) => json(response, { error: { message: 'slow down' } }, 429, { 'retry-after': '0.1' }),
    ],
    ['500', ({ response }) => json(response, { error: { message: 'oops' } }, 500)],
    ['503', ({ response }) => json(response, {}, 503)],
    ['a reset connection', ({ response }) => void response.socket?.resetAndDestroy()],
    ['an answer cut short', cutShort],
    [
      'garbage for JSON',
      ({ response }) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [[['),
    ],
    [
      'a web page',
      ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>gateway</h1>'),
    ],
    ['a number', ({ response }) => json(response, 7)],
  ])('once with %s is asked again', async (_fault, fault) => {
    const { rows, server } = await sampleAll(first(fault));
    expect(rows).toMatchObject([{ id: 's0', text: 'seed 0', finish: 'stop' }]);
    expect(server.exchanges).toHaveLength(2);
  });

  it('honours Retry-After', async () => {
    const times: number[] = [];
    await sampleAll((exchange) => {
      times.push(performance.now());
      if (exchange.index === 0) json(exchange.response, {}, 429, { 'retry-after': '1' });
      else answer(exchange);
    });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['an answer cut short', cutShort, /./],
    [
      'garbage',
      ({ response }) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [[['),
      /JSON/,
    ],
    ['no choices', (exchange) => answer(exchange, { choices: [] }), /without any choice/],
    [
      'an unfinished text',
      (exchange) => answer(exchange, { choices: [{ finish_reason: null, message: { content: 'half a' } }] }),
      /did not finish/,
    ],
    [
      'status 400',
      ({ response }) =>
        json(response, { error: { message: 'maximum context length is 4096 tokens, asked for 5000' } }, 400),
      /4096.*5000/,
    ],
  ])('always with %s: an error row, never a finished text', async (_fault, fault, error) => {
    const { rows } = await sampleAll(fault, 2);
    expect(rows).toHaveLength(2);
    for (const row of rows)
      expect(row).toMatchObject({ finish: 'error', error: expect.stringMatching(error) });
  });

  it('in the middle of a run costs only the samples concerned', async () => {
    const { rows } = await sampleAll(
      (exchange) =>
        Number(exchange.body.seed) % 3 === 0 ? answer(exchange, { choices: [] }) : answer(exchange),
      12,
    );
    for (const { id, finish } of rows) expect(finish).toBe(Number(id.slice(1)) % 3 === 0 ? 'error' : 'stop');
  });

  it('for good ends the run instead of filling it with errors', async () => {
    const server = await startFaultServer(({ response, index, ...exchange }) =>
      index < 3
        ? answer({ response, index, ...exchange })
        : json(response, { error: { message: 'GPU lost' } }, 500),
    );
    const { engine } = await connect(server, { concurrency: 1, retries: 0 });
    const rows: SampleResult[] = [];
    await expect(async () => {
      for await (const row of engine.sample(requests(100), never)) rows.push(row);
    }).rejects.toMatchObject({ code: 'server-failing', message: expect.stringContaining('GPU lost') });
    expect(rows.filter(({ finish }) => finish === 'stop')).toHaveLength(3);
    expect(rows.length).toBeLessThan(10);
  });

  it('that does not serve the model ends the run, and fills it with no errors', async () => {
    const error = { message: 'The model `m` does not exist.' };
    const server = await startFaultServer(({ response }) => json(response, { error }, 404));
    const { engine } = await connect(server, { concurrency: 2 });
    await expect(collect(engine.sample(requests(50), never))).rejects.toMatchObject({
      code: 'model-not-served',
      message: expect.stringContaining('does not exist'),
      remedy: expect.stringContaining('/v1/models'),
    });
    expect(server.exchanges.length).toBeLessThan(5);
  });

  it('that disappears ends the run with its address', async () => {
    const server = await startFaultServer(answer);
    const { engine } = await connect(server, { concurrency: 2, retries: 0 });
    let [finished, failed] = [0, 0];
    await expect(async () => {
      for await (const row of engine.sample(requests(500), never)) {
        if (row.finish === 'error') failed += 1;
        else if (++finished === 5) void server.close();
      }
    }).rejects.toMatchObject({
      code: 'server-unreachable',
      message: expect.stringContaining(server.baseUrl),
    });
    // Those that were cut off; who is refused afterwards ends the run.
    expect(failed).toBeLessThanOrEqual(4);
  });
});

describe('a server that is silent about what it does', () => {
  it('is found out when it refuses parameters', async () => {
    const { rows, warnings, server } = await sampleAll((exchange) => {
      if ('top_k' in exchange.body)
        json(exchange.response, { detail: "Unexpected fields in the request: {'top_k', 'min_p'}" }, 422);
      else if ('max_tokens' in exchange.body)
        json(exchange.response, { error: { message: "Use 'max_completion_tokens' instead." } }, 400);
      else answer(exchange);
    }, 9);
    expect(rows.every(({ finish }) => finish === 'stop')).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('top_k')]);
    expect(server.exchanges.at(-1)?.body).toHaveProperty('max_completion_tokens', 50);
  });

  it('is found out when all samples of a prompt are the same', async () => {
    const server = await startFaultServer((exchange) =>
      answer(exchange, { choices: [{ finish_reason: 'stop', message: { content: 'always this' } }] }),
    );
    const { engine, warnings } = await connect(server);
    await collect(
      engine.sample(
        requests(6, () => 'one question'),
        never,
      ),
    );
    expect(warnings).toEqual([expect.stringMatching(/All 6 samples.*same text/)]);
  });

  it('is found out when it answers with another model or without usage, once each', async () => {
    const { warnings } = await sampleAll(
      (exchange) => answer(exchange, { model: 'cheaper', usage: { prompt_tokens: -1 } }),
      5,
    );
    const bare = await sampleAll(({ response }) =>
      json(response, { choices: [{ finish_reason: 'stop', message: { content: 'x' } }] }),
    );
    expect(bare.row).toMatchObject({ text: 'x', finish: 'stop' });
    expect(bare.warnings).toEqual([expect.stringMatching(/token counts/)]);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/cheaper/);
    expect(warnings.join()).toMatch(/token counts/);
  });
});

describe('log-probabilities', () => {
  const asked = (count: number) => requests(count).map((request) => ({ ...request, logprobs: true }));

  it('come with the sample where the server gives them', async () => {
    const server = await startFaultServer((exchange) =>
      answer(exchange, {
        choices: [
          {
            finish_reason: 'stop',
            message: { content: `seed ${exchange.body.seed}` },
            logprobs:
              exchange.body.logprobs === true ? { content: [{ token: 'seed', logprob: -0.25 }] } : null,
          },
        ],
      }),
    );
    const { engine, warnings } = await connect(server);
    expect(engine.capabilities.logprobs).toBe('server');
    const rows = await collect(engine.sample(asked(3), never));
    for (const row of rows) expect(row).toMatchObject({ finish: 'stop', logprobs: { values: [-0.25] } });
    expect(warnings).toEqual([expect.stringMatching(/temperature 1/)]);
  });

  it('that are ignored or refused are told once, and cost no text', async () => {
    for (const behave of [
      answer,
      (exchange: Exchange) =>
        'logprobs' in exchange.body
          ? json(exchange.response, { error: { message: 'logprobs are not supported' } }, 400)
          : answer(exchange),
    ]) {
      const { engine, warnings } = await connect(await startFaultServer(behave));
      const rows = await collect(engine.sample(asked(6), never));
      expect(rows.every(({ finish }) => finish === 'stop')).toBe(true);
      expect(warnings).toEqual([expect.stringMatching(/no log-probabilities/)]);
    }
  });
});

describe('an abort', () => {
  it('ends the call at once, keeps what was finished and hangs up', async () => {
    const server = await startFaultServer(async (exchange) => {
      if (exchange.index < 4) answer(exchange);
    });
    const { engine } = await connect(server);
    const controller = new AbortController();
    const rows: SampleResult[] = [];
    const startedAt = performance.now();
    for await (const row of engine.sample(requests(50), controller.signal)) {
      rows.push(row);
      if (rows.length === 4) setTimeout(() => controller.abort(), 50);
    }
    expect(rows.map(({ finish }) => finish)).toEqual(['stop', 'stop', 'stop', 'stop']);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(await until(() => server.abandoned === 4)).toBe(true);
  });

  it('that only says "enough" begins no further request, and waits for those that run', async () => {
    const server = await startFaultServer((exchange) => void setTimeout(() => answer(exchange), 30));
    const { engine } = await connect(server);
    const enough = new AbortController();
    const rows: SampleResult[] = [];
    for await (const row of engine.sample(requests(50), never, { enough: enough.signal })) {
      rows.push(row);
      enough.abort();
    }
    expect(rows.every(({ finish }) => finish === 'stop')).toBe(true);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows).toHaveLength(server.exchanges.length);
    expect(server.exchanges.length).toBeLessThan(20);
  });

  it('does not wait for a pause between attempts', async () => {
    const server = await startFaultServer(({ response }) => json(response, {}, 429, { 'retry-after': '30' }));
    const { engine } = await connect(server);
    const startedAt = performance.now();
    expect(await collect(engine.sample(requests(3), AbortSignal.timeout(200)))).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
