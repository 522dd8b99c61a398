/** A model behind an OpenAI-compatible server: vLLM, llama-server, `transformers serve`, hosted services. */
import { APIConnectionError, APIError, OpenAI } from 'openai';
import pRetry from 'p-retry';
import { messageOf, UserError } from '../../core/errors.ts';
import { type OpenaiModelConfig, openaiModelSchema } from '../../core/schema/model.ts';
import { inCompletionOrder } from './completionOrder.ts';
import type { ConnectOptions, Engine, EngineModule, SampleRequest, SampleResult } from './engine.ts';
import { createServerChecks, type ServerChecks, warnAboutLogprobs } from './openaiChecks.ts';
import { openTransport, type Transport } from './openaiFetch.ts';
import {
  bodyOf,
  type Completion,
  completionSchema,
  type Dialect,
  FULL_DIALECT,
  failedResult,
  resultOf,
  simplerDialect,
} from './openaiRequest.ts';

/** Attempts after the first when an answer breaks off or is not JSON: rarer, and each costs a whole generation. */
const BROKEN_ANSWER_RETRIES = 2;
/** A long trace on a busy server takes hours; without any limit a dead connection would wait for ever. */
const REQUEST_MS = 6 * 60 * 60 * 1000;
/** The first look at the server. */
const PROBE_MS = 15_000;

export const openaiEngine: EngineModule<OpenaiModelConfig> = {
  id: 'openai',
  label: 'OpenAI-compatible server',
  config: openaiModelSchema,
  connect: connectOpenai,
};

interface Server {
  readonly config: OpenaiModelConfig;
  readonly client: OpenAI;
  readonly warnOnce: (topic: string, message: string) => void;
  /** Removes the key from whatever is shown or written. */
  readonly redact: (text: string) => string;
  dialect: Dialect;
}

async function connectOpenai(
  config: OpenaiModelConfig,
  signal: AbortSignal,
  options: ConnectOptions = {},
): Promise<Engine> {
  const key = readKey(config);
  const warned = new Set<string>();
  const transport = openTransport();
  const server: Server = {
    config,
    client: openClient(config, key, transport),
    warnOnce(topic, message) {
      if (!warned.has(topic)) options.onWarning?.(message);
      warned.add(topic);
    },
    redact: (text) => (key === undefined ? text : text.replaceAll(key, '***')),
    dialect: FULL_DIALECT,
  };
  try {
    await probe(server, signal);
  } catch (thrown) {
    await transport.close();
    throw thrown;
  }
  const closing = new AbortController();
  return {
    identity: { name: config.name, engine: 'openai', path: config.model, baseUrl: config.baseUrl },
    capabilities: { logprobs: 'server' },
    facts: {
      name: 'OpenAI-compatible server',
      version: 'v1',
      device: new URL(config.baseUrl).host,
      processes: 0,
      threads: 0,
      slots: config.concurrency,
    },
    sample: (requests, caller) => sample(server, requests, AbortSignal.any([caller, closing.signal])),
    async close() {
      closing.abort();
      await transport.close();
    },
  };
}

function readKey({ apiKeyEnv }: OpenaiModelConfig): string | undefined {
  if (apiKeyEnv === undefined) return undefined;
  const key = process.env[apiKeyEnv];
  if (key !== undefined && key !== '') return key;
  throw new UserError('key-missing', `The environment variable ${apiKeyEnv} is not set.`, {
    place: { field: 'apiKeyEnv' },
    remedy: `Set ${apiKeyEnv} to the server's key, or leave apiKeyEnv out for a server without keys.`,
  });
}

function openClient(config: OpenaiModelConfig, key: string | undefined, transport: Transport): OpenAI {
  return new OpenAI({
    baseURL: config.baseUrl,
    // The package insists on a key; servers without keys ignore it. Never the one of another service.
    apiKey: key ?? 'none',
    organization: null,
    project: null,
    // For 429, 5xx, refused and reset connections; `Retry-After` is honoured.
    maxRetries: config.retries,
    timeout: REQUEST_MS,
    logLevel: 'off',
    fetch: transport.fetch,
  });
}

/** Any answer shows that a server is there: some cannot list their models. */
async function probe({ client, config, redact }: Server, signal: AbortSignal): Promise<void> {
  try {
    await client.models.list({ signal, maxRetries: 0, timeout: PROBE_MS });
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof APIConnectionError) throw unreachable(config, redact(causeOf(thrown)), thrown);
    if (thrown instanceof APIError && (thrown.status === 401 || thrown.status === 403))
      throw keyRefused(config);
  }
}

async function* sample(
  server: Server,
  requests: readonly SampleRequest[],
  caller: AbortSignal,
): AsyncGenerator<SampleResult> {
  // Also aborted when the caller stops listening, or when the server turns out to be lost.
  const leaving = new AbortController();
  const signal = AbortSignal.any([caller, leaving.signal]);
  const checks = createServerChecks(server.config.model, requests, server.warnOnce);
  const health = createHealth(server);
  const one = (request: SampleRequest) => generate(server, request, checks, health, signal);
  try {
    for await (const result of inCompletionOrder(requests, server.config.concurrency, one, signal)) {
      if (result !== undefined) yield result;
    }
  } finally {
    leaving.abort();
  }
}

/** Undefined when aborted. Throws only when no further sample can be had. */
async function generate(
  server: Server,
  request: SampleRequest,
  checks: ServerChecks,
  health: Health,
  signal: AbortSignal,
): Promise<SampleResult | undefined> {
  const startedAt = performance.now();
  try {
    const completion = await pRetry(() => post(server, request, signal), {
      retries: BROKEN_ANSWER_RETRIES,
      minTimeout: 200,
      randomize: true,
      signal,
      // What the server refuses, or has refused often enough, stays refused.
      shouldRetry: ({ error }) => !(error instanceof APIError) && !(error instanceof UserError),
    });
    health.succeeded();
    const result = resultOf(request, completion, performance.now() - startedAt);
    checks.check(request, result, completion);
    return result.error === undefined ? result : { ...result, error: server.redact(result.error) };
  } catch (thrown) {
    if (signal.aborted) return undefined;
    health.failed(thrown);
    return failedResult(request, server.redact(causeOf(thrown)), performance.now() - startedAt);
  }
}

async function post(server: Server, request: SampleRequest, signal: AbortSignal): Promise<Completion> {
  const { client, config } = server;
  const path = request.raw === undefined ? '/chat/completions' : '/completions';
  while (true) {
    const { dialect } = server;
    try {
      const answer: unknown = await client.post(path, {
        body: bodyOf(config.model, request, dialect),
        signal,
      });
      const parsed = completionSchema.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw new BrokenAnswerError('The answer of the server is not a completion in JSON.');
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

class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
}

function warnAboutExtensions({ warnOnce }: Server, { sampling }: SampleRequest): void {
  warnOnce(
    'extensions',
    'The server does not take top_k, min_p and repetition_penalty: it samples with values of its own instead of ' +
      `topK ${sampling.topK} and minP ${sampling.minP}.`,
  );
}

interface Health {
  succeeded(): void;
  /** Throws a `UserError` when the server is lost or refuses us. */
  failed(thrown: unknown): void;
}

/** A server that is gone ends the run, which can be resumed; it does not fill it with error rows. */
function createHealth({ config, redact }: Server): Health {
  const patience = 2 * config.concurrency + 2;
  let failures = 0;
  return {
    succeeded: () => {
      failures = 0;
    },
    failed(thrown) {
      if (!(thrown instanceof APIError)) return;
      if (thrown.status === 401 || thrown.status === 403) throw keyRefused(config);
      const isLost = thrown instanceof APIConnectionError;
      const isFailing = isLost || thrown.status === 429 || (thrown.status ?? 0) >= 500;
      if (!isFailing || ++failures < patience) return;
      if (isLost) throw unreachable(config, redact(causeOf(thrown)), thrown);
      throw new UserError(
        'server-failing',
        `${failures} requests in a row failed: ${redact(causeOf(thrown))}`,
        {
          place: { field: 'baseUrl' },
          remedy: `Look at the log of the server at ${config.baseUrl}, or lower concurrency, then resume the run.`,
        },
      );
    },
  };
}

function unreachable({ baseUrl }: OpenaiModelConfig, reason: string, cause: unknown): UserError {
  return new UserError('server-unreachable', `No server answers at ${baseUrl}: ${reason}`, {
    place: { field: 'baseUrl' },
    remedy: 'Start the server, or correct baseUrl (it usually ends in /v1).',
    cause,
  });
}

function keyRefused({ baseUrl, apiKeyEnv }: OpenaiModelConfig): UserError {
  return new UserError('key-refused', `The server at ${baseUrl} refuses the key.`, {
    place: { field: 'apiKeyEnv' },
    remedy:
      apiKeyEnv === undefined
        ? 'Put the key into an environment variable and name that variable in apiKeyEnv.'
        : `Put a valid key into the environment variable ${apiKeyEnv}.`,
  });
}

/** The innermost cause: "fetch failed" and "Connection error." say nothing. */
function causeOf(thrown: unknown): string {
  let inner = thrown;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  const message = messageOf(inner);
  return message.includes(code) ? message : `${code} ${message}`.trim();
}
