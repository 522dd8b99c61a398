import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of models on this machine. */
export interface ModelServer {
  readonly baseUrl: string;
  /** Questions so far. */
  readonly requests: () => number;
  stop(): void;
}

/** It answers every question with "no". */
export function startModelServer(): Promise<ModelServer> {
  return listen((_, response) => void response.writeHead(401).end());
}

export interface PatientServer extends ModelServer {
  /** Those who wait get their answer, and whoever asks from now on. */
  answer(): void;
  /** Who asks from now on waits. */
  think(): void;
}

/** It thinks until it is told to answer: each question gets this solution. */
export async function startPatientServer(solution: string): Promise<PatientServer> {
  let told = Promise.withResolvers<void>();
  const server = await listen(async (request, response) => {
    if (request.method === 'POST') await told.promise;
    const message = { role: 'assistant', content: solution };
    const body =
      request.method === 'POST'
        ? { model: 'patient', choices: [{ index: 0, finish_reason: 'stop', message }], usage: USAGE }
        : { object: 'list', data: [{ id: 'patient' }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return {
    ...server,
    answer: () => told.resolve(),
    think() {
      told = Promise.withResolvers<void>();
    },
  };
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5 };

async function listen(handle: http.RequestListener): Promise<ModelServer> {
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests += 1;
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  // It listens on a port: a server of a pipe would give a string.
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests: () => requests,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
