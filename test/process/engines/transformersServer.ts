/** `transformers serve` on the embedded model's weights: a real server with its own ideas. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { expect } from 'vitest';
import { madeOnce, nano, root, until } from './models.ts';

/** Importing torch takes its time on a busy machine. */
export const START_MS = 300_000;

export interface Served {
  readonly process: ChildProcess;
  readonly baseUrl: string;
  readonly model: string;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server for the embedded model's weights, which samples, or ignores temperature and seed. */
export async function serve(flags: readonly '--greedy'[] = []): Promise<Served> {
  const madeOf = [path.relative(root, nano), 'scripts/trainer/reflection_trainer/gguf_io/*.py'];
  const model = madeOnce('test/fixtures/server/make_hf_model.py', madeOf, [...flags, nano]);
  const port = await freePort();
  const bin = process.platform === 'win32' ? '.venv/Scripts/transformers.exe' : '.venv/bin/transformers';
  const server = spawn(path.join(root, bin), ['serve', model, '--device', 'cpu', '--port', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' },
  });
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  let isUp = false;
  const probe = async () => {
    while (!isUp && server.exitCode === null) {
      isUp = await fetch(`http://127.0.0.1:${port}/health`).then(
        (response) => response.ok,
        () => false,
      );
      if (!isUp) await until(() => false, 100);
    }
  };
  await probe();
  expect(server.exitCode).toBeNull();
  return { process: server, baseUrl, model };
}

export async function stop({ process: server }: Served): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
}
