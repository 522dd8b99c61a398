/** What the engine for servers costs by itself: requests against a server that answers at once. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { SampleRequest } from '../../../src/node/engines/engine.ts';
import { connectEngine } from '../../../src/node/engines/index.ts';

export interface ClientFigures {
  readonly inFlight: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Time of this process's processor for one sample. */
  readonly cpuMsPerSample: number;
  /** Memory in use after the first fifth, and at the end. */
  readonly earlyMB: number;
  readonly lateMB: number;
}

export async function serverClientFigures(inFlight: number, count: number): Promise<ClientFigures> {
  const stub = fork(path.join(import.meta.dirname, 'stubServer.ts'), [], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = (await once(stub.stdout ?? stub, 'data')) as [Buffer];
  const baseUrl = `http://127.0.0.1:${Number(line.toString())}/v1`;
  const { signal } = new AbortController();
  const engine = await connectEngine(
    { name: 'stub', engine: 'openai', baseUrl, model: 'stub', concurrency: inFlight, choices: 1, retries: 0 },
    signal,
  );
  // Greedy, so that equal texts are no surprise.
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, maxTokens: 500 };
  const messages = [{ role: 'user', content: 'What is 2 + 2? '.repeat(20) }] as const;
  const requests = Array.from(
    { length: count },
    (_, index): SampleRequest => ({ id: String(index), messages, seed: index, sampling }),
  );
  for await (const _ of engine.sample(requests.slice(0, 4 * inFlight), signal));
  const early = Math.floor(count / 5);
  let [done, earlyBytes] = [0, 0];
  const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()];
  for await (const row of engine.sample(requests, signal)) {
    if (row.error !== undefined) throw new Error(row.error);
    if (++done === early) earlyBytes = memoryInUse();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const lateBytes = memoryInUse();
  await engine.close();
  stub.kill();
  return {
    inFlight,
    requests: count,
    requestsPerSecond: Math.round(count / seconds),
    cpuMsPerSample: Number(((user + system) / 1000 / count).toFixed(3)),
    earlyMB: Math.round(earlyBytes / 1e6),
    lateMB: Math.round(lateBytes / 1e6),
  };
}

function memoryInUse(): number {
  // Only with --expose-gc; without it the figures hold garbage too.
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
