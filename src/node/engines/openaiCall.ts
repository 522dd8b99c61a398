/** One call of a server, in the dialect that it was found to understand. */
import { APIError, type OpenAI } from 'openai';
import pRetry from 'p-retry';
import { UserError } from '../../core/errors.ts';
import type { SampleRequest } from '../../core/protocol/inference.ts';
import type { OpenaiModelConfig } from '../../core/schema/model.ts';
import { type WarnOnce, warnAboutLogprobs } from './openaiChecks.ts';
import { BrokenAnswerError } from './openaiFailures.ts';
import { bodyOf, type Completion, completionSchema, type Dialect, simplerDialect } from './openaiRequest.ts';
import { readStream } from './openaiStream.ts';

/** Attempts after the first when an answer breaks off or is not JSON: rarer, and each costs a whole generation. */
const BROKEN_ANSWER_RETRIES = 2;

export interface Server {
  readonly config: OpenaiModelConfig;
  readonly client: OpenAI;
  readonly warnOnce: WarnOnce;
  /** Removes the key from whatever is shown or written. */
  readonly redact: (text: string) => string;
  /** Address of a page beside the API, of those that llama.cpp's server has. */
  readonly besideApi: (page: string) => string;
  dialect: Dialect;
}

export interface Call {
  readonly request: SampleRequest;
  /** Texts wanted of this one request. */
  readonly choices: number;
  /** Hears the text while it grows; the answer is streamed then, if it can be. */
  readonly onText: ((text: string) => void) | undefined;
}

/** A whole answer, after as many attempts as are worth it. A stream that broke is asked for again in one piece. */
export async function complete(server: Server, call: Call, signal: AbortSignal): Promise<Completion> {
  return await pRetry((attempt) => post(server, attempt === 1 ? call : unwatched(call), signal), {
    retries: BROKEN_ANSWER_RETRIES,
    minTimeout: 200,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => isWorthAnother(error),
  });
}

function unwatched(call: Call): Call {
  call.onText?.('');
  return { ...call, onText: undefined };
}

/** What the server refuses, or has refused often enough, stays refused; an error inside a stream has no status. */
function isWorthAnother(error: unknown): boolean {
  if (error instanceof UserError) return false;
  return !(error instanceof APIError) || error.constructor === APIError;
}

async function post(server: Server, call: Call, signal: AbortSignal): Promise<Completion> {
  const { request } = call;
  while (true) {
    const { dialect } = server;
    try {
      return call.onText === undefined
        ? await postWhole(server, call, signal)
        : await postStreamed(server, call, call.onText, signal);
    } catch (thrown) {
      if (!(thrown instanceof APIError)) throw thrown;
      const simpler = simplerDialect(dialect, thrown.status, thrown.message);
      if (simpler === undefined) throw thrown;
      // Another request may have found out something else meanwhile.
      server.dialect = { ...server.dialect, ...simpler };
      if (simpler.hasExtensions === false) warnAboutExtensions(server, request);
      if (simpler.hasLogprobs === false) warnAboutLogprobs(server.warnOnce);
    }
  }
}

function pathOf({ raw }: SampleRequest): string {
  return raw === undefined ? '/chat/completions' : '/completions';
}

async function postWhole(server: Server, call: Call, signal: AbortSignal): Promise<Completion> {
  const { client, config, dialect } = server;
  const body = bodyOf(config.model, call.request, dialect, call.choices);
  const answer: unknown = await client.post(pathOf(call.request), { body, signal });
  const parsed = completionSchema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new BrokenAnswerError('The answer of the server is not a completion in JSON.');
}

async function postStreamed(
  server: Server,
  { request, choices }: Call,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<Completion> {
  const { client, config, dialect } = server;
  const counts = dialect.countsAlong ? { continuous_usage_stats: true } : {};
  const usage = dialect.hasStreamOptions ? { stream_options: { include_usage: true, ...counts } } : {};
  const body = { ...bodyOf(config.model, request, dialect, choices), stream: true, ...usage };
  const pieces = await client.post<AsyncIterable<unknown>>(pathOf(request), { body, signal, stream: true });
  const isChat = request.raw === undefined;
  const { countsEnd } = dialect;
  const read = await readStream(pieces, { isChat, onText, countsEnd });
  // The package ends the stream of an aborted call as if it were over.
  signal.throwIfAborted();
  if (!read.countsEnd) server.dialect = { ...server.dialect, countsEnd: false };
  return read.completion;
}

function warnAboutExtensions({ warnOnce }: Server, { sampling }: SampleRequest): void {
  warnOnce(
    'extensions',
    'The server does not take top_k, min_p and repetition_penalty: it samples with values of its own instead of ' +
      `topK ${sampling.topK} and minP ${sampling.minP}.`,
  );
}
