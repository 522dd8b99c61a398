/** An OpenAI-compatible server on a free port that misbehaves as told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';

export interface Exchange {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  readonly response: ServerResponse;
  /** Counts from 0, over completions only. */
  readonly index: number;
}

export type Behaviour = (exchange: Exchange) => void | Promise<void>;

export interface FaultServer {
  readonly baseUrl: string;
  readonly exchanges: readonly Exchange[];
  /** Most completions that were open at the same moment. */
  readonly mostOpen: number;
  /** Completions whose client went away before the answer. */
  readonly abandoned: number;
  close(): Promise<void>;
}

const running: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** `models`: what it lists. */
export async function startFaultServer(
  behave: Behaviour,
  models: readonly object[] = [],
): Promise<FaultServer> {
  const exchanges: Exchange[] = [];
  const counts = { open: 0, mostOpen: 0, abandoned: 0 };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void json(response, { object: 'list', data: models });
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    const exchange = {
      path: request.url ?? '',
      headers: request.headers,
      body,
      response,
      index: exchanges.length,
    };
    exchanges.push(exchange);
    counts.open++;
    counts.mostOpen = Math.max(counts.mostOpen, counts.open);
    response.on('close', () => {
      counts.open--;
      if (!response.writableFinished) counts.abandoned++;
    });
    await behave(exchange);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made: FaultServer = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    exchanges,
    get mostOpen() {
      return counts.mostOpen;
    },
    get abandoned() {
      return counts.abandoned;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.push(made);
  return made;
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A proper answer whose text tells the seed. */
export function answer({ response, body }: Exchange, change: Record<string, unknown> = {}): void {
  json(response, {
    id: 'cmpl-1',
    object: 'chat.completion',
    model: body.model,
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: `seed ${body.seed}` } },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 3 },
    ...change,
  });
}

/** Promises more than it sends, then hangs up. */
export function cutShort({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"choices":[{"finish_reason":"stop","message":{"content":"half a te', () =>
    response.destroy(),
  );
}
