/** The bodies sent to OpenAI-compatible servers, and what comes back, parsed: servers differ in all the details. */
import { z } from 'zod';
import type { SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import type { Finish } from '../../core/schema/common.ts';

/** What a server was found to understand. */
export interface Dialect {
  /** `top_k`, `min_p`, `repetition_penalty`: vLLM, SGLang and llama-server take them, and have defaults of their own. */
  readonly hasExtensions: boolean;
  /** llama.cpp's own server: names of its own, more filters that may be on, log-probabilities of what was drawn from. */
  readonly isLlamaServer: boolean;
  /** Newer models of OpenAI refuse `max_tokens`. */
  readonly lengthField: 'max_tokens' | 'max_completion_tokens';
  readonly hasLogprobs: boolean;
  /** vLLM tells the numbers of its tokens when asked. */
  readonly hasTokenIds: boolean;
  /** Several texts for one request (`n`), and a count of their tokens. */
  readonly hasChoices: boolean;
  /** `stream_options`: token counts at the end of a stream. */
  readonly hasStreamOptions: boolean;
  /** Each piece of a stream can come with the count of tokens so far: vLLM. */
  readonly countsAlong: boolean;
  /** Whether the count of generated tokens includes the end token. */
  readonly countsEnd: boolean;
}

export const FULL_DIALECT: Dialect = {
  hasExtensions: true,
  isLlamaServer: false,
  lengthField: 'max_tokens',
  hasLogprobs: true,
  hasTokenIds: true,
  hasChoices: true,
  hasStreamOptions: true,
  countsAlong: false,
  countsEnd: true,
};

export function bodyOf(model: string, request: SampleRequest, dialect: Dialect, choices = 1): object {
  const { temperature, topP, topK, minP, maxTokens } = request.sampling;
  return {
    model,
    ...(request.raw === undefined ? chatOf(request, dialect) : { prompt: request.raw }),
    temperature,
    top_p: topP,
    seed: request.seed,
    [request.raw === undefined ? dialect.lengthField : 'max_tokens']: maxTokens,
    ...(dialect.hasExtensions ? { top_k: topK, min_p: minP, ...otherFilters(dialect) } : {}),
    ...(choices > 1 ? { n: choices } : {}),
    ...(request.logprobs === true && dialect.hasLogprobs ? logprobsField(request, dialect) : {}),
  };
}

/** Everything else that a server may change the distribution with, switched off: it, or the model file, may have it on. */
function otherFilters({ isLlamaServer }: Dialect): object {
  if (!isLlamaServer) return { repetition_penalty: 1 };
  return {
    repeat_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    typical_p: 1,
    top_n_sigma: -1,
    xtc_probability: 0,
    dry_multiplier: 0,
    dynatemp_range: 0,
    mirostat: 0,
  };
}

/**
 * vLLM and SGLang go on with the last message when told so; llama.cpp's server does so by itself. It takes the reasoning
 * out of the text unless told not to, and then gives the text as it was written, with what the template opened of it.
 */
function chatOf({ messages = [], prefix = '' }: SampleRequest, { isLlamaServer }: Dialect): object {
  const whole = isLlamaServer ? { reasoning_format: 'none' } : {};
  if (prefix === '') return { messages, ...whole };
  return {
    ...whole,
    messages: [...messages, { role: 'assistant', content: prefix }],
    continue_final_message: true,
    add_generation_prompt: false,
  };
}

/** Raw completions count alternatives; 1 also works where 0 means "none". */
function logprobsField({ raw, sampling }: SampleRequest, { hasTokenIds, isLlamaServer }: Dialect): object {
  const logprobs = raw === undefined ? true : 1;
  if (isLlamaServer) {
    // It gives twenty alternatives of each token unless told, and probabilities before the filters. Greedy, what is drawn
    // from after them is certainty.
    const few = raw === undefined ? { top_logprobs: 1 } : {};
    return { logprobs, ...few, post_sampling_probs: sampling.temperature > 0 };
  }
  return hasTokenIds ? { logprobs, return_token_ids: true } : { logprobs };
}

/** What a refusal (status 400 or 422) that names one of our fields teaches; undefined: it was not about those. */
export function simplerDialect(
  dialect: Dialect,
  status: number | undefined,
  refusal: string,
): Partial<Dialect> | undefined {
  if (status !== 400 && status !== 422) return undefined;
  if (dialect.hasExtensions && /top_k|min_p|repetition_penalty/.test(refusal))
    return { hasExtensions: false };
  if (dialect.hasTokenIds && refusal.includes('return_token_ids')) return { hasTokenIds: false };
  if (dialect.hasLogprobs && refusal.includes('logprobs')) return { hasLogprobs: false };
  if (dialect.hasStreamOptions && refusal.includes('stream_options')) return { hasStreamOptions: false };
  if (dialect.lengthField === 'max_tokens' && refusal.includes('max_completion_tokens')) {
    return { lengthField: 'max_completion_tokens' };
  }
  return undefined;
}

/** Of a chat, and of a raw completion. Read leniently: they must not cost a finished text. */
const chatLogprobsSchema = z.looseObject({
  content: z.array(z.looseObject({ token: z.string(), logprob: z.number() })).min(1),
});
/** Of llama.cpp's server, for chats and raw prompts: probabilities of the distribution that was drawn from. */
const drawnProbsSchema = z.looseObject({
  content: z.array(z.looseObject({ id: z.int().min(0), token: z.string(), prob: z.number() })).min(1),
});
const rawLogprobsSchema = z.looseObject({
  tokens: z.array(z.string()).min(1),
  token_logprobs: z.array(z.number()).min(1),
});
const tokenIdsSchema = z.array(z.int().min(0));

export const messageSchema = z.looseObject({
  content: z.string().nullish(),
  // Two names for one thing: DeepSeek, older vLLM and llama-server; newer vLLM.
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
});

const choiceSchema = z.looseObject({
  logprobs: z.unknown().optional(),
  token_ids: z.unknown().optional(),
  finish_reason: z.string().nullish(),
  /** Raw completions. */
  text: z.string().nullish(),
  message: messageSchema.nullish(),
});

export const completionSchema = z.looseObject({
  model: z.string().nullish(),
  choices: z.array(choiceSchema).nullish(),
  // Read leniently: a wrong count of tokens must not cost a finished sample.
  usage: z.unknown().optional(),
});
export type Completion = z.infer<typeof completionSchema>;

const usageSchema = z.looseObject({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) });

/** Tokens of the prompt and of the answer; undefined when the server does not say, or not credibly. */
export function usageOf(completion: Completion): { promptTokens: number; tokens: number } | undefined {
  const { data } = usageSchema.safeParse(completion.usage);
  return data && { promptTokens: data.prompt_tokens, tokens: data.completion_tokens };
}

/** The sample that a completion holds. Anything but a finished text is a row with `error`. */
export function resultOf(
  request: SampleRequest,
  completion: Completion,
  ms: number,
  { isLlamaServer }: Pick<Dialect, 'isLlamaServer'> = FULL_DIALECT,
): SampleResult {
  const counted = usageOf(completion) ?? { promptTokens: 0, tokens: 0 };
  const choice = completion.choices?.[0];
  if (choice === undefined) return failedResult(request, 'The server answered without any choice.', ms);
  const finish = finishOf(choice.finish_reason);
  // Of others it is not known whether they count the end token; this one does, as a generated one.
  const ends = isLlamaServer && finish === 'stop' && counted.tokens > 0 ? 1 : 0;
  const usage = { ...counted, tokens: counted.tokens - ends };
  const { message } = choice;
  const text = message === undefined || message === null ? choice.text : textOf(message, finish);
  if (finish !== undefined && typeof text === 'string') {
    const whole = wholeText(request, text);
    return { id: request.id, text: whole, ...usage, finish, ms, ...logprobsOf(request, choice) };
  }
  const error =
    finish === undefined
      ? `The server did not finish the text: finish_reason is ${JSON.stringify(choice.finish_reason ?? null)}.`
      : 'The server answered with a choice that has no text.';
  return { ...failedResult(request, error, ms), text: text ?? '', ...usage };
}

/** With what it went on from, which some servers repeat. */
export function wholeText({ prefix = '' }: SampleRequest, text: string): string {
  return prefix !== '' && text.startsWith(prefix) ? text : `${prefix}${text}`;
}

function logprobsOf(
  request: SampleRequest,
  choice: z.infer<typeof choiceSchema>,
): Pick<SampleResult, 'logprobs'> {
  if (request.logprobs !== true) return {};
  const { data: drawn } = drawnProbsSchema.safeParse(choice.logprobs);
  if (drawn !== undefined) return { logprobs: drawnLogprobs(drawn.content) };
  const { data: chat } = chatLogprobsSchema.safeParse(choice.logprobs);
  const { data: raw } = rawLogprobsSchema.safeParse(choice.logprobs);
  const values = chat?.content.map(({ logprob }) => logprob) ?? raw?.token_logprobs;
  if (values === undefined) return {};
  const texts = chat?.content.map(({ token }) => token) ?? raw?.tokens ?? [];
  const { data: ids } = tokenIdsSchema.safeParse(choice.token_ids);
  return {
    logprobs: {
      values,
      // Servers differ in whether they count temperature and filters in; without any, both are the same.
      of: isUnfiltered(request) ? 'policy' : 'unknown',
      texts,
      ...(ids?.length === values.length ? { ids } : {}),
    },
  };
}

function drawnLogprobs(
  tokens: readonly { id: number; token: string; prob: number }[],
): NonNullable<SampleResult['logprobs']> {
  return {
    // In single precision a certain token can come out a little above 1.
    values: tokens.map(({ prob }) => Math.min(0, Math.log(prob))),
    of: 'policy',
    texts: tokens.map(({ token }) => token),
    ids: tokens.map(({ id }) => id),
  };
}

function isUnfiltered({ sampling: { temperature, topP, topK, minP } }: SampleRequest): boolean {
  return temperature === 1 && topP === 1 && topK === 0 && minP === 0;
}

export function failedResult(request: SampleRequest, error: string, ms: number): SampleResult {
  return { id: request.id, text: '', promptTokens: 0, tokens: 0, finish: 'error', ms, error };
}

/**
 * Servers that take the reasoning out of the text get it put back: the trace is what is studied here, and trained on. Some
 * (DeepSeek's, transformers serve) drop the line breaks at the tags, which such models write.
 */
export function textOf(
  message: z.infer<typeof messageSchema>,
  finish: Finish | undefined,
): string | undefined {
  const reasoning = message.reasoning_content ?? message.reasoning ?? '';
  const content = message.content ?? '';
  if (reasoning === '') return message.content ?? undefined;
  const opened = `<think>${/^\s/.test(reasoning) ? '' : '\n'}${reasoning}`;
  // A text that was cut while thinking has not thought to the end.
  if (finish !== 'stop' && content === '') return opened;
  const closed = `${opened}${/\s$/.test(reasoning) ? '' : '\n'}</think>`;
  return content === '' ? closed : `${closed}${/^\s/.test(content) ? '' : '\n\n'}${content}`;
}

function finishOf(reason: string | null | undefined): Finish | undefined {
  switch (reason) {
    case 'stop':
    // Some servers name the end token's kind.
    case 'eos':
    case 'eos_token':
    case 'stop_sequence':
      return 'stop';
    case 'length':
    case 'max_tokens':
      return 'length';
    default:
      return undefined;
  }
}
