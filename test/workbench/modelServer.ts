import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of models on this machine that answers every question with "no". */
export interface ModelServer {
  readonly baseUrl: string;
  /** Questions so far. */
  readonly requests: () => number;
  stop(): void;
}

export async function startModelServer(): Promise<ModelServer> {
  let requests = 0;
  const server = http.createServer((_, response) => {
    requests += 1;
    response.writeHead(401).end();
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
