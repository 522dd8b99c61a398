/** The transport under the `openai` package. */
import { EnvHttpProxyAgent, fetch, type RequestInit, Response } from 'undici';

export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * undici's own fetch, because the one built into Node gives up on answers that take more than five minutes to begin.
 * Proxies are taken from the environment.
 */
export function openTransport(): Transport {
  const dispatcher = new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0 });
  const send = async (input: string, init: RequestInit) =>
    explained(await fetch(input, { ...init, dispatcher }));
  return {
    // undici's types and those of the global fetch describe the same thing apart.
    fetch: send as unknown as typeof globalThis.fetch,
    close: () => dispatcher.destroy(),
  };
}

/**
 * The package shows the reason of a refusal only when it stands in a field `error`; servers made with FastAPI have
 * `detail`, others `message` or plain text.
 */
async function explained(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  const headers = Object.fromEntries(
    [...response.headers].filter(([name]) => name !== 'content-length' && name !== 'content-encoding'),
  );
  const { status, statusText } = response;
  return new Response(JSON.stringify({ error: { message: reasonIn(text) } }), {
    status,
    statusText,
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
