import { describe, expect, it } from 'vitest';
import type { SampleRequest } from '../../../src/core/protocol/inference.ts';
import { createServerChecks } from '../../../src/node/engines/openaiChecks.ts';
import { choicesOf } from '../../../src/node/engines/openaiParcels.ts';
import {
  bodyOf,
  type Completion,
  completionSchema,
  FULL_DIALECT,
  resultOf,
  simplerDialect,
} from '../../../src/node/engines/openaiRequest.ts';

const sampling = { temperature: 0.7, topP: 0.9, topK: 0, minP: 0, maxTokens: 100 };
const request: SampleRequest = { id: 'p#0', messages: [{ role: 'user', content: 'q' }], seed: 7, sampling };

function completion(choice: object, rest: object = {}): Completion {
  return completionSchema.parse({
    model: 'm',
    choices: [choice],
    usage: { prompt_tokens: 3, completion_tokens: 5 },
    ...rest,
  });
}

describe('bodyOf', () => {
  it('says every parameter, also those that are off: servers have defaults of their own', () => {
    expect(bodyOf('m', request, FULL_DIALECT)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'q' }],
      temperature: 0.7,
      top_p: 0.9,
      seed: 7,
      max_tokens: 100,
      top_k: 0,
      min_p: 0,
      repetition_penalty: 1,
    });
  });

  it('leaves out what a server does not know', () => {
    const body = bodyOf('m', request, {
      ...FULL_DIALECT,
      hasExtensions: false,
      lengthField: 'max_completion_tokens',
    });
    expect(Object.keys(body)).toEqual([
      'model',
      'messages',
      'temperature',
      'top_p',
      'seed',
      'max_completion_tokens',
    ]);
  });

  it('sends a raw prompt as a prompt', () => {
    const body = bodyOf('m', { ...request, messages: undefined, raw: '2+2=' }, FULL_DIALECT);
    expect(body).toMatchObject({ prompt: '2+2=' });
    expect(body).not.toHaveProperty('messages');
  });
});

describe('simplerDialect', () => {
  it('learns from refusals that name our fields, and from nothing else', () => {
    expect(simplerDialect(FULL_DIALECT, 422, "Unexpected fields in the request: {'top_k'}")).toEqual({
      hasExtensions: false,
    });
    expect(
      simplerDialect(
        FULL_DIALECT,
        400,
        "'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
      ),
    ).toEqual({
      lengthField: 'max_completion_tokens',
    });
    expect(simplerDialect(FULL_DIALECT, 400, 'maximum context length is 4096 tokens')).toBeUndefined();
    expect(simplerDialect(FULL_DIALECT, 500, 'top_k')).toBeUndefined();
    expect(simplerDialect({ ...FULL_DIALECT, hasExtensions: false }, 400, 'top_k')).toBeUndefined();
  });
});

describe('resultOf', () => {
  it('takes the text and the counts', () => {
    const result = resultOf(request, completion({ finish_reason: 'stop', message: { content: 'four' } }), 12);
    expect(result).toEqual({ id: 'p#0', text: 'four', promptTokens: 3, tokens: 5, finish: 'stop', ms: 12 });
  });

  it.each(['reasoning_content', 'reasoning'])('puts %s back where it was', (field) => {
    const message = { content: '\n\n4', [field]: '2+2 is 4' };
    expect(resultOf(request, completion({ finish_reason: 'length', message }), 1)).toMatchObject({
      text: '<think>\n2+2 is 4\n</think>\n\n4',
      finish: 'length',
    });
  });

  it.each([null, 'content_filter', 'tool_calls', 'abort', undefined])(
    'never takes a text for finished when finish_reason is %j',
    (reason) => {
      const result = resultOf(
        request,
        completion({ finish_reason: reason, message: { content: 'partial' } }),
        1,
      );
      expect(result).toMatchObject({ finish: 'error', error: expect.stringContaining('finish_reason') });
    },
  );

  it.each([{ choices: [] }, { choices: undefined }, { choices: null }])('makes %j an error row', (rest) => {
    expect(resultOf(request, completion({}, rest), 1)).toMatchObject({
      finish: 'error',
      error: expect.stringMatching(/choice/),
    });
  });

  it('makes a choice without text an error row', () => {
    expect(resultOf(request, completion({ finish_reason: 'stop', message: {} }), 1)).toMatchObject({
      finish: 'error',
    });
  });

  it.each([
    undefined,
    null,
    {},
    'many',
    { prompt_tokens: -3, completion_tokens: 5 },
    { prompt_tokens: 1.5, completion_tokens: 2 },
  ])('does not lose a text to the usage %j', (usage) => {
    const result = resultOf(
      request,
      completion({ finish_reason: 'stop', message: { content: 'x' } }, { usage }),
      1,
    );
    expect(result).toMatchObject({ text: 'x', finish: 'stop', promptTokens: 0, tokens: 0 });
  });
});

describe('log-probabilities', () => {
  const asked: SampleRequest = { ...request, logprobs: true };
  const chat = {
    content: [
      { token: '4', logprob: -0.5, bytes: [52] },
      { token: '<end>', logprob: -0.01 },
    ],
  };
  const answered = (logprobs: unknown, rest = {}) =>
    resultOf(asked, completion({ finish_reason: 'stop', message: { content: '4' }, logprobs, ...rest }), 1);

  it('are asked for in the form of each address, and not when a server knows none', () => {
    expect(bodyOf('m', asked, FULL_DIALECT)).toMatchObject({ logprobs: true });
    expect(bodyOf('m', { ...asked, raw: 'x' }, FULL_DIALECT)).toMatchObject({ logprobs: 1 });
    expect(bodyOf('m', asked, { ...FULL_DIALECT, hasLogprobs: false })).not.toHaveProperty('logprobs');
    expect(bodyOf('m', request, FULL_DIALECT)).not.toHaveProperty('logprobs');
    expect(simplerDialect(FULL_DIALECT, 400, 'logprobs is not supported')).toEqual({ hasLogprobs: false });
  });

  it('are read from chats and from raw completions', () => {
    const values = [-0.5, -0.01];
    expect(answered(chat).logprobs).toEqual({ values, texts: ['4', '<end>'], of: 'unknown' });
    expect(answered({ tokens: ['4', '<end>'], token_logprobs: values }).logprobs).toMatchObject({ values });
    expect(answered(chat, { token_ids: [19, 2] }).logprobs?.ids).toEqual([19, 2]);
    expect(answered(chat, { token_ids: [19] }).logprobs).not.toHaveProperty('ids');
  });

  it('are known to be those of the policy where nothing shapes it', () => {
    const unshaped = { ...asked, sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 9 } };
    const answer = completion({ finish_reason: 'stop', message: { content: '4' }, logprobs: chat });
    expect(resultOf(unshaped, answer, 1).logprobs?.of).toBe('policy');
  });

  it.each([undefined, null, {}, { content: null }, { content: [] }, { content: [{ token: 4 }] }, 'none'])(
    'as %j cost no text',
    (logprobs) => {
      expect(answered(logprobs)).toMatchObject({ text: '4', finish: 'stop' });
      expect(answered(logprobs)).not.toHaveProperty('logprobs');
    },
  );
});

describe('createServerChecks', () => {
  const finished = completion({ finish_reason: 'stop', message: { content: 'x' } });

  function run(texts: readonly string[], temperature: number, answered: Completion = finished): string[] {
    const requests = texts.map((_, index) => ({
      ...request,
      id: `p#${index}`,
      seed: index,
      sampling: { ...sampling, temperature },
    }));
    const topics: string[] = [];
    const checks = createServerChecks('m', requests, (topic) => topics.push(topic));
    requests.forEach((each, index) => {
      const text = texts[index] ?? '';
      checks.check(each, { id: each.id, text, promptTokens: 1, tokens: 1, finish: 'stop', ms: 1 }, answered);
    });
    return topics;
  }

  it('notices samples that are all the same at a temperature above 0', () => {
    expect(run(['a', 'a', 'a'], 0.8)).toEqual(['identical']);
    expect(run(['a', 'b', 'a'], 0.8)).toEqual([]);
    expect(run(['a', 'a'], 0.8)).toEqual([]);
    expect(run(['a', 'a', 'a'], 0)).toEqual([]);
  });

  it('does not wonder at equal texts of equal seeds', () => {
    const requests = [1, 2, 3, 4].map((id) => ({ ...request, id: `${id}`, seed: 7 }));
    const topics: string[] = [];
    const checks = createServerChecks('m', requests, (topic) => topics.push(topic));
    for (const each of requests) {
      const row = { id: each.id, text: 'a', promptTokens: 1, tokens: 1, finish: 'stop', ms: 1 } as const;
      checks.check(each, row, finished);
    }
    expect(topics).toEqual([]);
  });

  it('notices another model, but neither a revision nor a date', () => {
    const answer = (model: string) =>
      run(['a'], 1, completion({ finish_reason: 'stop', message: { content: 'x' } }, { model }));
    expect(answer('gpt-2')).toEqual(['model']);
    expect(answer('m2')).toEqual(['model']);
    expect(answer('m@main')).toEqual([]);
    expect(answer('m-2026-01-31')).toEqual([]);
  });

  it('notices log-probabilities that are missing, or of an unknown kind', () => {
    const tell = (result: object) => {
      const topics: string[] = [];
      const asked = { ...request, logprobs: true };
      const checks = createServerChecks('m', [asked], (topic) => topics.push(topic));
      const row = { id: 'p#0', text: 'x', promptTokens: 1, tokens: 1, finish: 'stop', ms: 1 } as const;
      checks.check(asked, { ...row, ...result }, finished);
      return topics;
    };
    expect(tell({})).toEqual(['logprobs']);
    expect(tell({ logprobs: { values: [-1], of: 'unknown' } })).toEqual(['logprobs-of']);
    expect(tell({ logprobs: { values: [-1], of: 'policy' } })).toEqual([]);
    expect(tell({ error: 'gone' })).toEqual([]);
  });

  it('notices missing usage', () => {
    expect(
      run(['a'], 1, completion({ finish_reason: 'stop', message: { content: 'x' } }, { usage: undefined })),
    ).toEqual(['usage']);
  });
});

describe('choicesOf', () => {
  it('shares the count of tokens by length, thoughts included', () => {
    const message = (thought: number, content: number) => ({
      finish_reason: 'stop',
      message: { reasoning_content: 'x'.repeat(thought), content: 'x'.repeat(content) },
    });
    const both = { ...completion(message(900, 84)), choices: [message(900, 84), message(400, 84)] };
    const usage = { prompt_tokens: 3, completion_tokens: 150 };
    const shares = choicesOf({ ...both, usage }, 2).map((part) => resultOf(request, part, 1).tokens);
    expect(shares).toEqual([100, 50]);
  });
});
