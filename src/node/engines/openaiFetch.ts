/** The transport under the `openai` package. */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { type Dispatcher, EnvHttpProxyAgent, interceptors, Response, request } from 'undici';

export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  /** Ends all connections. */
  close(): Promise<void>;
}

const MOST_REDIRECTIONS = 3;

/**
 * A fetch on undici's `request`: the one built into Node gives up on answers that take more than five minutes to begin,
 * and its streams cost more than the rest of a small request. Proxies are taken from the environment.
 */
export function openTransport(): Transport {
  const agent = new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0 });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: MOST_REDIRECTIONS }));
  const send = (url: string, init: Sent) => sendWith(dispatcher, url, init);
  return {
    // undici's types and those of the global fetch describe the same thing apart.
    fetch: send as unknown as typeof globalThis.fetch,
    close: () => agent.destroy(),
  };
}

/** What the `openai` package gives to its fetch. */
interface Sent {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

async function sendWith(dispatcher: Dispatcher, url: string, init: Sent): Promise<Response> {
  const { method = 'GET', headers = new Headers(), body = null, signal = null } = init;
  const answer = await request(url, {
    method: method as Dispatcher.HttpMethod,
    headers: Object.fromEntries(headers),
    body,
    signal,
    dispatcher,
  });
  const { statusCode: status, body: content } = answer;
  const shown = headersOf(answer.headers);
  if (status < 200 || status > 299) return explained(status, shown, await content.text());
  if (status === NO_CONTENT) return new Response(null, { status, headers: shown });
  const isStream = shown['content-type']?.includes('event-stream') === true;
  const given = isStream ? Readable.toWeb(content) : await content.text().catch(brokenStream);
  // Node's and undici's types of one and the same stream.
  return new Response(given as string, { status, headers: shown });
}

const NO_CONTENT = 204;

/** What broke off is not a connection that failed: it must not be asked for again as often. */
function brokenStream(reason: unknown): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.error(reason) });
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const { 'content-length': _, ...kept } = headers;
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]));
}

/**
 * The package shows the reason of a refusal only when it stands in a field `error`; servers made with FastAPI have
 * `detail`, others `message` or plain text.
 */
function explained(status: number, headers: Record<string, string>, text: string): Response {
  return new Response(JSON.stringify({ error: { message: reasonIn(text) } }), {
    status,
    headers: { ...headers, 'content-type': 'application/json' },
  });
}

function reasonIn(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text.slice(0, 1000);
  }
  for (let depth = 0; depth < 3; depth++) {
    if (typeof body === 'string') return body;
    if (typeof body !== 'object' || body === null) break;
    const fields: Record<string, unknown> = { ...body };
    body = fields.error ?? fields.detail ?? fields.message ?? body;
  }
  return typeof body === 'string' ? body : JSON.stringify(body).slice(0, 1000);
}
