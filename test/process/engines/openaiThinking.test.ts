/**
 * Models that think, behind a server. What llama.cpp's server says here is recorded from it (build of October 2026,
 * `--jinja`): the embedded model under a template that ends in `<think>`, asked for 45 + 38, greedy.
 */
import { describe, expect, it } from 'vitest';
import type { SampleRequest } from '../../../src/node/engines/engine.ts';
import { type Exchange, json, startFaultServer } from './faultServer.ts';
import { ask, collect, never } from './models.ts';
import { connect } from './openaiClient.ts';

const request = ask('p#0', 'Compute 45 + 38.', 1, { temperature: 0, maxTokens: 200 });
const REASONING = '\nStep 1: 45*4=180.\nStep 2: 180-1=189.\nThe answer is 189.\n';
const CONTENT = '\n\\boxed{189}';
const TRACE = `<think>${REASONING}</think>${CONTENT}`;
/** Cut after twelve tokens. */
const CUT = '\nStep 1: 45*4=18';
const PROMPT = '<|im_start|>user\nCompute 45 + 38.<|im_end|>\n<|im_start|>assistant\n<think>\n';
const LLAMA_SERVER = [{ id: 'm', owned_by: 'llamacpp', meta: { n_ctx: 1024 } }];

const answered = ({ response }: Exchange, finish_reason: string, message: object, completion_tokens = 110) =>
  json(response, {
    model: 'm',
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', ...message } }],
    usage: { prompt_tokens: 26, completion_tokens },
  });

/** `isOld`: of a build that does not know `reasoning_format` in a request. */
const thinking = (isOld: boolean) => (exchange: Exchange) => {
  const isWhole = exchange.body.reasoning_format === 'none' && !isOld;
  if (exchange.body.max_tokens === 12) {
    const cut = { content: '', reasoning_content: CUT };
    return answered(exchange, 'length', isWhole ? { content: `<think>${CUT}` } : cut, 12);
  }
  const parts = { content: CONTENT, reasoning_content: REASONING };
  return answered(exchange, 'stop', isWhole ? { content: TRACE } : parts);
};

describe("a model that thinks, behind llama.cpp's server", () => {
  it.each([false, true])('gives its text as it was written, whole and cut (old build: %s)', async (isOld) => {
    const server = await startFaultServer(thinking(isOld), LLAMA_SERVER);
    const { engine, warnings } = await connect(server);
    const cut = { ...request, id: 'p#1', sampling: { ...request.sampling, maxTokens: 12 } };
    const rows = await collect(engine.sample([request, cut], never));
    expect(server.exchanges.map(({ body }) => body.reasoning_format)).toEqual(['none', 'none']);
    expect(new Map(rows.map((row) => [row.id, [row.text, row.finish, row.tokens]]))).toEqual(
      new Map([
        ['p#0', [TRACE, 'stop', 109]],
        ['p#1', [`<think>${CUT}`, 'length', 12]],
      ]),
    );
    expect(warnings).toEqual([]);
  });

  it('is asked for one text at a time: of several it would count the tokens of one', async () => {
    const waiting: Exchange[] = [];
    const server = await startFaultServer((exchange) => {
      waiting.push(exchange);
      // Two at a time, or nothing comes of it.
      if (waiting.length === 2) for (const each of waiting.splice(0)) thinking(false)(each);
    }, LLAMA_SERVER);
    const { engine } = await connect(server, { choices: 4, concurrency: 2 });
    const several = [0, 1, 2, 3].map((seed) => ask(`p#${seed}`, 'Compute 45 + 38.', seed));
    const rows = await collect(engine.sample(several, never));
    expect(rows.map(({ tokens, sharedSeed }) => [tokens, sharedSeed])).toEqual(
      Array(4).fill([109, undefined]),
    );
    expect(server.exchanges.map(({ body }) => body.n)).toEqual(Array(4).fill(undefined));
  });

  it('and behind transformers serve, which drops the line breaks at the tags (recorded as well)', async () => {
    const stripped = { content: CONTENT.trim(), reasoning_content: REASONING.trim() };
    const server = await startFaultServer((exchange) => answered(exchange, 'stop', stripped));
    const { engine } = await connect(server);
    const [row] = await collect(engine.sample([request], never));
    expect(row?.text).toBe(`<think>${REASONING}</think>\n${CONTENT}`);
  });

  const begun: SampleRequest = { ...request, prefix: '<think>\nStep 1: 45+38=' };

  it('goes on with a thought in the prompt of its template', async () => {
    const server = await startFaultServer((exchange) => {
      if (exchange.path === '/apply-template') return json(exchange.response, { prompt: PROMPT });
      json(exchange.response, {
        model: 'm',
        choices: [{ index: 0, finish_reason: 'stop', text: '83.\n</think>\n\\boxed{83}' }],
        usage: { prompt_tokens: 34, completion_tokens: 9 },
      });
    }, LLAMA_SERVER);
    const { engine } = await connect(server);
    const [row] = await collect(engine.sample([begun], never));
    expect(row).toMatchObject({ text: '<think>\nStep 1: 45+38=83.\n</think>\n\\boxed{83}', finish: 'stop' });
    const [asked, completed] = server.exchanges;
    expect(asked?.body).toEqual({ messages: request.messages });
    expect(completed).toMatchObject({
      path: '/v1/completions',
      // Not `<think></think><think>`, which this server makes of the message.
      body: { prompt: `${PROMPT}Step 1: 45+38=`, seed: 1 },
    });
  });

  it('goes on with the last message where it has no such page', async () => {
    const server = await startFaultServer((exchange) => {
      if (exchange.path === '/apply-template') return json(exchange.response, {}, 404);
      answered(exchange, 'stop', { content: `${begun.prefix}83.` });
    }, LLAMA_SERVER);
    const { engine } = await connect(server);
    const [row] = await collect(engine.sample([begun], never));
    expect(row).toMatchObject({ text: '<think>\nStep 1: 45+38=83.', finish: 'stop' });
    expect(server.exchanges[1]?.body.messages).toEqual([
      ...(request.messages ?? []),
      { role: 'assistant', content: begun.prefix },
    ]);
  });
});

describe('a stream of thoughts', () => {
  const thoughts = ['\nStep', ' ', '1', '1', ':'];
  const usage = (completion_tokens: number) => ({ prompt_tokens: 26, completion_tokens });
  /** As vLLM streams them: each piece with the count so far, if that was asked for. */
  const pieces = ({ body }: Exchange) => {
    const { stream_options: options } = body as { stream_options?: { continuous_usage_stats?: boolean } };
    const deltas = [...thoughts.map((reasoning) => ({ reasoning })), { content: '\n' }, { content: '4' }];
    const counted = options?.continuous_usage_stats === true;
    return deltas.map((delta, at) => ({
      choices: [{ delta }],
      ...(counted ? { usage: usage(at + 1) } : {}),
    }));
  };
  const stream = ({ response }: Exchange, sent: readonly object[]) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const end = { choices: [{ delta: {}, finish_reason: 'stop' }] };
    // The tag that closes the thought and the end token are counted, and are no pieces.
    for (const each of [...sent, end, { choices: [], usage: usage(9) }]) {
      response.write(`data: ${JSON.stringify(each)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  };

  it.each<[string, string, (sent: readonly object[]) => readonly object[], number]>([
    ['with a token drawn twice is believed where each piece is counted', 'vllm', (sent) => sent, 1],
    [
      'with a piece that came twice is asked for again',
      'vllm',
      (sent) => sent.toSpliced(2, 0, sent[2] ?? {}),
      2,
    ],
    ['with equal pieces that nobody counts is asked for again', 'someone', (sent) => sent, 2],
  ])('%s (%s)', async (_name, owner, sent, asked) => {
    const server = await startFaultServer(
      (exchange) =>
        exchange.body.stream === true
          ? stream(exchange, sent(pieces(exchange)))
          : answered(exchange, 'stop', { content: '\n4', reasoning: thoughts.join('') }, 9),
      [{ id: 'm', owned_by: owner }],
    );
    const { engine } = await connect(server);
    const heard: string[] = [];
    const control = { onPartial: (_id: string, text: string) => void heard.push(text) };
    const [row] = await collect(engine.sample([request], never, control));
    expect(row).toMatchObject({ text: '<think>\nStep 11:\n</think>\n4', finish: 'stop', tokens: 9 });
    expect(heard).toContain('<think>\nStep 1');
    expect(server.exchanges).toHaveLength(asked);
  });
});
