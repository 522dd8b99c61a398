/** A model behind an OpenAI-compatible server: vLLM, llama-server, `transformers serve`, hosted services. */
import { APIConnectionError, APIError, OpenAI } from 'openai';
import { messageOf, UserError } from '../../core/errors.ts';
import { type OpenaiModelConfig, openaiModelSchema } from '../../core/schema/model.ts';
import { inCompletionOrder } from './completionOrder.ts';
import type {
  ConnectOptions,
  Engine,
  EngineModule,
  OnPartial,
  SampleControl,
  SampleRequest,
  SampleResult,
} from './engine.ts';
import { complete, type Server } from './openaiCall.ts';
import { createServerChecks, type ServerChecks } from './openaiChecks.ts';
import { causeOf, createHealth, type Health, keyRefused, unreachable } from './openaiFailures.ts';
import { openTransport, type Transport } from './openaiFetch.ts';
import { LLAMA_SERVER, llamaServerProps, type ServedModel, servedModel } from './openaiIdentity.ts';
import { choicesOf, inParcels, type Parcel } from './openaiParcels.ts';
import { begunRequest } from './openaiPrompt.ts';
import { FULL_DIALECT, failedResult, resultOf, wholeText } from './openaiRequest.ts';

/** A long trace on a busy server takes hours; without any limit a dead connection would wait for ever. */
const REQUEST_MS = 6 * 60 * 60 * 1000;
const SERVER = 'OpenAI-compatible server';
const NAMED_MODELS = 5;
/** The first look at the server. */
const PROBE_MS = 15_000;

export const openaiEngine: EngineModule<OpenaiModelConfig> = {
  id: 'openai',
  label: 'OpenAI-compatible server',
  config: openaiModelSchema,
  connect: connectOpenai,
};

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
    besideApi: (page) =>
      new URL(`../${page}`, config.baseUrl.endsWith('/') ? config.baseUrl : `${config.baseUrl}/`).href,
    dialect: FULL_DIALECT,
  };
  let served: ServedModel;
  try {
    served = await probe(server, signal);
  } catch (thrown) {
    await transport.close();
    throw thrown;
  }
  const closing = new AbortController();
  return {
    identity: {
      name: config.name,
      engine: 'openai',
      path: config.model,
      baseUrl: config.baseUrl,
      ...(served.root === undefined ? {} : { reported: served.root }),
      ...(served.templateSha256 === undefined ? {} : { templateSha256: served.templateSha256 }),
    },
    capabilities: { logprobs: 'server' },
    facts: {
      name: served.server === undefined ? SERVER : `${SERVER} (${served.server})`,
      version: served.version ?? 'v1',
      device: new URL(config.baseUrl).host,
      processes: 0,
      threads: 0,
      slots: config.concurrency,
      ...(served.contextTokens === undefined ? {} : { contextTokens: served.contextTokens }),
    },
    sample: (requests, caller, control) =>
      sample(server, requests, AbortSignal.any([caller, closing.signal]), control),
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
async function probe(server: Server, signal: AbortSignal): Promise<ServedModel> {
  const { client, config, redact } = server;
  try {
    const list: unknown = await client.get('/models', { signal, maxRetries: 0, timeout: PROBE_MS });
    const served = servedModel(list, config.model);
    if (served.others.length > 0) warnAboutName(server, served.others);
    if (served.server === 'vllm') server.dialect = { ...server.dialect, countsAlong: true };
    if (served.server !== LLAMA_SERVER) return served;
    // Of several texts it counts the tokens of the first alone, and a prompt that it has evaluated costs it nothing.
    server.dialect = { ...server.dialect, isLlamaServer: true, hasChoices: false };
    return { ...served, ...(await probeLlamaServer(server, signal)) };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof APIConnectionError) throw unreachable(config, redact(causeOf(thrown)), thrown);
    if (thrown instanceof APIError && (thrown.status === 401 || thrown.status === 403))
      throw keyRefused(config);
    return { others: [] };
  }
}

/** The page is beside the API, and may be switched off. */
async function probeLlamaServer({ client, besideApi }: Server, signal: AbortSignal) {
  try {
    return llamaServerProps(
      await client.get(besideApi('props'), { signal, maxRetries: 0, timeout: PROBE_MS }),
    );
  } catch {
    signal.throwIfAborted();
    return {};
  }
}

/** Some servers load any model on demand: this is no error. */
function warnAboutName({ config, warnOnce }: Server, others: readonly string[]): void {
  const named = others.slice(0, NAMED_MODELS).join(', ');
  const more = others.length > NAMED_MODELS ? `, and ${others.length - NAMED_MODELS} more` : '';
  warnOnce('name', `The server does not list the model "${config.model}". It lists: ${named}${more}.`);
}

async function* sample(
  server: Server,
  requests: readonly SampleRequest[],
  caller: AbortSignal,
  { onPartial, enough }: SampleControl = {},
): AsyncGenerator<SampleResult> {
  // Also aborted when the caller stops listening, or when the server turns out to be lost.
  const leaving = new AbortController();
  const signal = AbortSignal.any([caller, leaving.signal]);
  const { config, redact, warnOnce } = server;
  const task: Task = {
    server,
    checks: createServerChecks(config.model, requests, warnOnce),
    health: createHealth(config, redact),
    onPartial,
    signal,
    abortable: abortables(signal),
  };
  const most = onPartial === undefined && server.dialect.hasChoices ? config.choices : 1;
  const parcels = until(enough, inParcels(requests, most));
  const one = (parcel: Parcel) => generate(task, parcel);
  try {
    for await (const results of inCompletionOrder(parcels, config.concurrency, one, signal)) yield* results;
  } finally {
    leaving.abort();
  }
}

/** The items, as they are asked for, as long as that is not enough. */
function* until<Item>(enough: AbortSignal | undefined, items: Iterable<Item>): Generator<Item> {
  for (const item of items) {
    if (enough?.aborted === true) return;
    yield item;
  }
}

interface Task {
  readonly server: Server;
  readonly checks: ServerChecks;
  readonly health: Health;
  readonly onPartial: OnPartial | undefined;
  readonly signal: AbortSignal;
  /** Runs something with a signal of its own, which aborts with the signal of the task. */
  readonly abortable: <Result>(run: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
}

/** Each listener of a signal makes adding the next one slower: hundreds of requests do not share one. */
function abortables(signal: AbortSignal): Task['abortable'] {
  const running = new Set<AbortController>();
  signal.addEventListener('abort', () => {
    for (const controller of running) controller.abort(signal.reason);
  });
  return async (run) => {
    const controller = new AbortController();
    if (signal.aborted) controller.abort(signal.reason);
    running.add(controller);
    try {
      return await run(controller.signal);
    } finally {
      running.delete(controller);
    }
  };
}

/** Samples of a parcel come from one request; what the server does not give, from a request each. */
async function generate(task: Task, parcel: Parcel): Promise<SampleResult[]> {
  const [first, ...others] = parcel;
  const { server } = task;
  if (!server.dialect.hasChoices && others.length > 0) return await oneByOne(task, parcel);
  const startedAt = performance.now();
  const watch = task.onPartial;
  try {
    const { begun, completion } = await task.abortable(async (signal) => {
      const begun = await begunRequest(server, first, signal);
      const onText = watch && ((text: string) => watch(first.id, wholeText(begun, text)));
      const call = { request: begun, choices: parcel.length, onText };
      return { begun, completion: await complete(server, call, signal) };
    });
    task.health.succeeded();
    const parts = choicesOf(completion, parcel.length);
    const results = parts.map((part, index) => {
      const request = parcel[index] ?? first;
      const result = resultOf(
        index === 0 ? begun : request,
        part,
        performance.now() - startedAt,
        server.dialect,
      );
      task.checks.check(request, result, part);
      const shared = parcel.length === 1 ? {} : { sharedSeed: first.seed };
      return result.error === undefined
        ? { ...result, ...shared }
        : { ...result, error: server.redact(result.error) };
    });
    const missing = parcel.slice(parts.length);
    if (missing.length === 0) return results;
    tellMissingChoices(server, parcel.length, parts.length);
    return [...results, ...(await oneByOne(task, missing))];
  } catch (thrown) {
    if (task.signal.aborted) return [];
    task.health.failed(thrown);
    const error = server.redact(causeOf(thrown));
    return parcel.map((request) => failedResult(request, error, performance.now() - startedAt));
  }
}

async function oneByOne(task: Task, requests: readonly SampleRequest[]): Promise<SampleResult[]> {
  const results: SampleResult[] = [];
  for (const request of requests) {
    try {
      results.push(...(await generate(task, [request])));
    } catch (thrown) {
      // The server is lost, which the next parcel tells: what is finished is not given up for it.
      results.push(failedResult(request, messageOf(thrown), 0));
    }
  }
  return results;
}

function tellMissingChoices(server: Server, asked: number, given: number): void {
  server.dialect = { ...server.dialect, hasChoices: false };
  server.warnOnce(
    'choices',
    `The server was asked for ${asked} texts in one request and gave ${given}: the rest is asked for one by one. ` +
      'Leave "choices" out for this server.',
  );
}
