/** What the engine for servers does otherwise with llama.cpp's own server. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SampleRequest } from '../../../src/core/protocol/inference.ts';
import { llamaServerProps, servedModel } from '../../../src/node/engines/openaiIdentity.ts';
import { bodyOf, completionSchema, FULL_DIALECT, resultOf } from '../../../src/node/engines/openaiRequest.ts';

const sampling = { temperature: 0.7, topP: 0.9, topK: 20, minP: 0.05, maxTokens: 100 };
const request: SampleRequest = {
  id: 'p#0',
  messages: [{ role: 'user', content: 'q' }],
  seed: 7,
  sampling,
  logprobs: true,
};
const dialect = { ...FULL_DIALECT, isLlamaServer: true };

it('is told every filter under its own name, and to leave out the alternatives of tokens', () => {
  const body = bodyOf('m', request, dialect);
  expect(body).toMatchObject({ top_k: 20, min_p: 0.05, repeat_penalty: 1, xtc_probability: 0, mirostat: 0 });
  expect(body).toMatchObject({ logprobs: true, top_logprobs: 1, post_sampling_probs: true });
  expect(body).not.toHaveProperty('repetition_penalty');
  expect(body).toMatchObject({ reasoning_format: 'none' });
  const greedy = { ...request, sampling: { ...sampling, temperature: 0 } };
  expect(bodyOf('m', greedy, dialect)).toMatchObject({ post_sampling_probs: false });
  const raw = { ...request, messages: undefined, raw: 'q' };
  expect(bodyOf('m', raw, dialect)).toMatchObject({ logprobs: 1, post_sampling_probs: true });
  expect(bodyOf('m', raw, dialect)).not.toHaveProperty('reasoning_format');
  expect(bodyOf('m', request, FULL_DIALECT)).not.toHaveProperty('reasoning_format');
});

it('gives the probabilities of what was drawn from', () => {
  const content = [
    { id: 19, token: '4', prob: 0.5 },
    { id: 2, token: '', prob: 1.0000001 },
  ];
  const choice = { finish_reason: 'stop', message: { content: '4' }, logprobs: { content } };
  const answer = completionSchema.parse({ model: 'm', choices: [choice] });
  expect(resultOf(request, answer, 1).logprobs).toEqual({
    values: [Math.log(0.5), 0],
    of: 'policy',
    texts: ['4', ''],
    ids: [19, 2],
  });
});

it('counts the end token, which is no part of the text', () => {
  const of = (finish_reason: string) =>
    completionSchema.parse({
      choices: [{ finish_reason, message: { content: 'four' } }],
      usage: { prompt_tokens: 3, completion_tokens: 5 },
    });
  expect(resultOf(request, of('stop'), 1, dialect)).toMatchObject({ tokens: 4, promptTokens: 3 });
  expect(resultOf(request, of('length'), 1, dialect)).toMatchObject({ tokens: 5 });
  expect(resultOf(request, of('stop'), 1)).toMatchObject({ tokens: 5 });
});

it('says what it serves, whatever name it was asked for', () => {
  const entry = { id: 'nano.gguf', owned_by: 'llamacpp', meta: { n_ctx: 512, n_params: 923_904 } };
  expect(servedModel({ data: [entry] }, 'nano.gguf')).toEqual({
    others: [],
    server: 'llamacpp',
    contextTokens: 512,
  });
  expect(servedModel({ data: [entry] }, 'gpt')).toEqual({ others: ['nano.gguf'], server: 'llamacpp' });
  const props = { model_path: '/models/nano.gguf', build_info: 'b1-abc', chat_template: '{{ x }}' };
  expect(llamaServerProps(props)).toEqual({
    root: '/models/nano.gguf',
    version: 'b1-abc',
    templateSha256: createHash('sha256').update('{{ x }}').digest('hex'),
  });
  expect(llamaServerProps('Not found')).toEqual({});
});

it('and others leave a text open that was cut while thinking', () => {
  const cut = (message: object, finish_reason: string) =>
    resultOf(request, completionSchema.parse({ choices: [{ finish_reason, message }] }), 1).text;
  expect(cut({ content: '', reasoning_content: 'so 2+' }, 'length')).toBe('<think>\nso 2+');
  expect(cut({ content: '', reasoning_content: 'so 4' }, 'stop')).toBe('<think>\nso 4\n</think>');
  expect(cut({ content: 'The ans', reasoning_content: 'so 4' }, 'length')).toBe(
    '<think>\nso 4\n</think>\n\nThe ans',
  );
});
