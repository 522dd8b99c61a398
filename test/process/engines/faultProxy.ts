/** A proxy before a real server that spoils one answer, as networks and gateways do. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

export const FAULTS = [
  '429',
  '500',
  'slow first byte',
  'cut mid-stream',
  'garbage',
  'wrong model',
  'empty choices',
  'wrong usage',
  'duplicate chunk',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultProxy {
  readonly baseUrl: string;
  /** Spoils the next completion, and nothing after it. */
  fault: Fault | undefined;
  /** Completions that passed through or were refused. */
  count: number;
  close(): Promise<void>;
}

export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = upstream + (request.url ?? '').replace(/^\/v1/, '');
    const isCompletion = request.method === 'POST';
    const fault = isCompletion ? proxy.fault : undefined;
    if (isCompletion) {
      proxy.count++;
      proxy.fault = undefined;
    }
    if (fault === '429' || fault === '500') {
      response.writeHead(Number(fault), { 'retry-after': '0.05', 'content-type': 'text/plain' });
      return void response.end('not now');
    }
    const answered = await fetch(target, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json' },
      ...(isCompletion ? { body } : {}),
    }).catch(() => undefined);
    if (answered === undefined) return void response.writeHead(502).end();
    const whole = await answered.text();
    const type = answered.headers.get('content-type') ?? 'application/json';
    if (fault === 'slow first byte') await wait(700);
    response.writeHead(answered.status, { 'content-type': type });
    if (fault === undefined || !answered.ok) return void response.end(whole);
    spoil(response, whole, fault, type.includes('event-stream'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: FaultProxy = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    fault: undefined,
    count: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function spoil(response: ServerResponse, whole: string, fault: Fault, isStream: boolean): void {
  switch (fault) {
    case 'cut mid-stream':
      return void response.write(whole.slice(0, Math.floor(whole.length / 2)), () => response.destroy());
    case 'garbage':
      return void response.end(isStream ? 'data: {"choices": [[\n\n' : '{"choices": [[');
    case 'wrong model':
      return void response.end(whole.replaceAll(/"model":\s*"[^"]*"/g, '"model":"another"'));
    case 'empty choices':
      return void response.end(isStream ? 'data: {"choices":[]}\n\n' : '{"choices":[]}');
    case 'wrong usage':
      return void response.end(whole.replaceAll(/"completion_tokens":\s*\d+/g, '"completion_tokens":-4'));
    case 'duplicate chunk':
      return void response.end(isStream ? withTwice(whole) : whole);
    default:
      response.end(whole);
  }
}

/** The third piece of a stream comes twice. */
function withTwice(whole: string): string {
  const pieces = whole.split(/(?<=\n\n)/);
  return [...pieces.slice(0, 3), pieces[2] ?? '', ...pieces.slice(3)].join('');
}
