import { describe, expect, it } from 'vitest';
import type { OpenaiModelConfig } from '../../../src/core/schema/model.ts';
import { answer, type Behaviour, type Exchange, json, startFaultServer } from './faultServer.ts';
import { collect, never, until } from './models.ts';
import { connect, requests } from './openaiClient.ts';

describe('several texts in one request', () => {
  const alike = (count: number) => requests(count, (index) => `question ${Math.floor(index / 6)}`);

  it('become samples of their own, which say whose seed they share', async () => {
    const server = await startFaultServer((exchange) => {
      const count = Number(exchange.body.n ?? 1);
      answer(exchange, {
        choices: Array.from({ length: count }, (_, index) => ({
          finish_reason: 'stop',
          message: { content: `seed ${exchange.body.seed}, text ${index}` },
        })),
        usage: { prompt_tokens: 11, completion_tokens: 10 * count },
      });
    });
    const { engine, warnings } = await connect(server, { choices: 4 });
    const rows = await collect(engine.sample(alike(12), never));
    expect(rows.map(({ id }) => id).toSorted()).toEqual(
      alike(12)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(server.exchanges.map(({ body }) => body.n ?? 1)).toEqual([4, 2, 4, 2]);
    expect(rows.find(({ id }) => id === 's2')).toMatchObject({ text: 'seed 0, text 2', sharedSeed: 0 });
    expect(rows.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(120);
    expect(warnings).toEqual([]);
  });

  it('that a server does not give are asked for one by one, and that is told once', async () => {
    const server = await startFaultServer(answer);
    const { engine, warnings } = await connect(server, { choices: 4, concurrency: 1 });
    const rows = await collect(engine.sample(alike(12), never));
    expect(new Set(rows.map(({ text }) => text)).size).toBe(12);
    expect(rows.every(({ finish }) => finish === 'stop')).toBe(true);
    expect(server.exchanges).toHaveLength(12);
    expect(warnings).toEqual([expect.stringMatching(/asked for 4 texts.*gave 1/)]);
  });

  it('that cannot all be had keep what is there', async () => {
    const server = await startFaultServer((exchange) =>
      exchange.index === 0 ? answer(exchange) : json(exchange.response, {}, 500),
    );
    const { engine } = await connect(server, { choices: 4, concurrency: 1, retries: 0 });
    const rows = await collect(engine.sample(alike(4), never));
    expect(rows.map(({ finish }) => finish).toSorted()).toEqual(['error', 'error', 'error', 'stop']);
  });
});

describe('a text that is watched', () => {
  const words = ['Two', ' and', ' two', ' is', ' 4.'];
  const piece = (content: string, rest: object = {}) => ({
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: null, ...rest }],
  });
  const whole = [
    ...words.map((word) => piece(word)),
    { model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } },
  ];
  const stream = ({ response }: Exchange, pieces: readonly unknown[], end = 'data: [DONE]\n\n') => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const each of pieces) response.write(`data: ${JSON.stringify(each)}\n\n`);
    response.end(end);
  };
  const unstreamed = (exchange: Exchange) =>
    answer(exchange, { choices: [{ finish_reason: 'stop', message: { content: words.join('') } }] });

  async function watch(behave: Behaviour, config: Partial<OpenaiModelConfig> = {}) {
    const server = await startFaultServer(behave);
    const { engine, warnings } = await connect(server, config);
    const heard: string[] = [];
    const rows = await collect(
      engine.sample(requests(1), never, { onPartial: (_id, text) => heard.push(text) }),
    );
    return { server, rows, heard, warnings };
  }

  it('grows piece by piece and ends as the sample', async () => {
    const { rows, heard, server } = await watch((exchange) => stream(exchange, whole));
    expect(heard).toEqual(words.map((_, index) => words.slice(0, index + 1).join('')));
    expect(rows).toMatchObject([{ text: words.join(''), finish: 'stop', tokens: 5, promptTokens: 3 }]);
    expect(server.exchanges[0]?.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('keeps its reasoning', async () => {
    const { rows, heard } = await watch((exchange) =>
      stream(exchange, [
        { choices: [{ delta: { reasoning_content: 'hm' } }] },
        { choices: [{ delta: { content: '4' }, finish_reason: 'length' }] },
      ]),
    );
    expect(heard).toEqual(['<think>\nhm', '<think>\nhm\n</think>\n\n4']);
    expect(rows).toMatchObject([{ text: '<think>\nhm\n</think>\n\n4', finish: 'length' }]);
  });

  it.each<[string, Behaviour]>([
    ['ends before the text does', (exchange) => stream(exchange, whole.slice(0, 3))],
    ['ends without a word', (exchange) => stream(exchange, [], '')],
    [
      'is cut',
      ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' });
        response.write(`data: ${JSON.stringify(piece('half'))}\n\n`, () => response.destroy());
      },
    ],
    ['holds garbage', (exchange) => stream(exchange, [whole[0]], 'data: {"choices": [[[\n\n')],
    ['holds something else', (exchange) => stream(exchange, [{ choices: 'none' }, ...whole])],
    ['tells an error', (exchange) => stream(exchange, [whole[0], { error: { message: 'out of memory' } }])],
    ['has a piece twice', (exchange) => stream(exchange, [whole[0], ...whole])],
  ])('is asked for again in one piece when the stream %s', async (_fault, fault) => {
    const { rows, server, heard } = await watch((exchange) =>
      exchange.body.stream === true ? fault(exchange) : unstreamed(exchange),
    );
    expect(rows).toMatchObject([{ text: words.join(''), finish: 'stop' }]);
    expect(server.exchanges).toHaveLength(2);
    expect(heard.at(-1)).toBe('');
  });

  it('may have equal pieces side by side, where the count leaves no doubt', async () => {
    const twins = (counted: number) => [
      ...[words[0], words[1], words[1]].map((word) => piece(word ?? '')),
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: counted } },
    ];
    const behave = (counted: number) => (exchange: Exchange) =>
      exchange.body.stream === true ? stream(exchange, twins(counted)) : unstreamed(exchange);
    // The end token is the fourth.
    const sure = await watch(behave(4));
    expect(sure.rows).toMatchObject([{ text: 'Two and and' }]);
    expect(sure.server.exchanges).toHaveLength(1);
    // Without room for the end token, and where a piece may be several tokens.
    for (const counted of [3, 9]) {
      const doubted = await watch(behave(counted));
      expect(doubted.rows).toMatchObject([{ text: words.join('') }]);
      expect(doubted.server.exchanges).toHaveLength(2);
    }
  });

  it('is not doubted for it where the server does not count the end token', async () => {
    const server = await startFaultServer((exchange) => {
      const texts = exchange.index === 0 ? ['a', 'b'] : ['a', 'a'];
      stream(exchange, [
        ...texts.map((text) => piece(text)),
        { choices: [{ delta: {}, finish_reason: 'stop' }] },
        { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
      ]);
    });
    const { engine } = await connect(server, { concurrency: 1 });
    const rows = await collect(engine.sample(requests(3), never, { onPartial: () => undefined }));
    expect(rows.map(({ text }) => text)).toEqual(['ab', 'aa', 'aa']);
    expect(server.exchanges).toHaveLength(3);
  });

  it('that ends twice ends once', async () => {
    const { rows, server } = await watch((exchange) =>
      stream(exchange, [...whole.slice(0, 6), ...whole.slice(3)]),
    );
    expect(rows).toMatchObject([{ text: words.join(''), finish: 'stop' }]);
    expect(server.exchanges).toHaveLength(1);
  });

  it('is never a result when nothing whole can be had', async () => {
    const { rows } = await watch((exchange) => stream(exchange, whole.slice(0, 3)));
    expect(rows).toMatchObject([{ finish: 'error', text: '' }]);
  });

  it('does without token counts where the server refuses to add them', async () => {
    const { rows } = await watch((exchange) =>
      'stream_options' in exchange.body
        ? json(exchange.response, { error: { message: 'unknown field stream_options' } }, 400)
        : stream(exchange, whole.slice(0, 6)),
    );
    expect(rows).toMatchObject([{ text: words.join(''), finish: 'stop', tokens: 0 }]);
  });

  it('ends with the call, and is no result then', async () => {
    const server = await startFaultServer(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(whole[0])}\n\n`);
    });
    const { engine } = await connect(server);
    const controller = new AbortController();
    const rows = await collect(
      engine.sample(requests(3), controller.signal, {
        onPartial: () => setTimeout(() => controller.abort(), 20),
      }),
    );
    expect(rows).toEqual([]);
    expect(await until(() => server.abandoned === 3)).toBe(true);
  });
});
