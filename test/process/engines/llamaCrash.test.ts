import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../../src/core/protocol/inference.ts';
import type { SampleResult } from '../../../src/node/engines/engine.ts';
import { connectEngine } from '../../../src/node/engines/index.ts';
import { createLlamaPool } from '../../../src/node/engines/llamaPool.ts';
import { type LoadedProcess, startLoaded } from '../../../src/node/engines/llamaProcess.ts';
import { isAlive } from '../isAlive.ts';
import { collect, nano, never, problems, root, until } from './models.ts';

const options: LoadOptions = {
  path: nano,
  gpu: 'cpu',
  threads: 1,
  slots: 4,
  contextTokens: undefined,
  processes: 1,
  lora: [],
};

const start = (signal: AbortSignal) => startLoaded(options, signal);

function kill({ process: { pid } }: LoadedProcess): void {
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

/** Pids of the inference processes that this process has. */
async function inferencePids(parent = process.pid): Promise<number[]> {
  const list = spawn('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  let text = '';
  list.stdout.on('data', (chunk) => (text += chunk));
  await once(list, 'close');
  return text.split('\n').flatMap((line) => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent && command.includes('inference.mjs') ? [Number(pid)] : [];
  });
}

describe.skipIf(process.platform === 'win32')('a process that is killed', () => {
  it('costs nothing but time: what it had not finished is generated again', async () => {
    const loaded = await startLoaded(options, never);
    const pool = createLlamaPool([loaded], start, nano);
    const requests = problems(8, 4, { maxTokens: 60 });
    const rows: SampleResult[] = [];
    for await (const row of pool.sample(requests, never)) {
      rows.push(row);
      if (rows.length === 5) process.kill(loaded.process.pid ?? 0, 'SIGKILL');
    }
    expect(rows.map(({ id }) => id).toSorted()).toEqual(requests.map(({ id }) => id).toSorted());
    expect(rows.filter(({ error }) => error !== undefined)).toEqual([]);
    await pool.close();
    expect(await inferencePids()).toEqual([]);
  });

  it('is replaced once for each sample: after that the sample is an error row and the others go on', async () => {
    const requests = problems(6, 4, { maxTokens: 250, temperature: 1.5 });
    let replacements = 0;
    const first = await startLoaded(options, never);
    const startAndKillFirst = async (signal: AbortSignal) => {
      const loaded = await start(signal);
      // By then the pool has given it the samples of the first process.
      if (++replacements === 1) setTimeout(() => kill(loaded), 30);
      return loaded;
    };
    const pool = createLlamaPool([first], startAndKillFirst, nano);
    const collecting = collect(pool.sample(requests, never));
    setTimeout(() => kill(first), 30);
    const rows = await collecting;
    expect(rows.map(({ id }) => id).toSorted()).toEqual(requests.map(({ id }) => id).toSorted());
    expect(replacements).toBe(2);
    const failed = rows.filter(({ error }) => error !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThanOrEqual(options.slots);
    for (const row of failed) {
      expect(row).toMatchObject({
        finish: 'error',
        text: '',
        error: expect.stringMatching(/SIGKILL.*Tried twice/),
      });
    }
    await pool.close();
  });

  it('ends the call with a clear error when processes keep dying, after all that was finished', async () => {
    const startAndKill = async (signal: AbortSignal) => {
      const loaded = await start(signal);
      setTimeout(() => kill(loaded), 20);
      return loaded;
    };
    const pool = createLlamaPool([await startAndKill(never)], startAndKill, nano);
    await expect(collect(pool.sample(problems(20, 4, { maxTokens: 250 }), never))).rejects.toMatchObject({
      code: 'engine-lost',
      place: { file: nano },
      message: expect.stringContaining('SIGKILL'),
    });
    await pool.close();
    expect(await inferencePids()).toEqual([]);
  });
});

it('a process that dies when its model file is gone leads to an error that says so', async () => {
  const first = await start(never);
  const file = `${nano}.gone`;
  const pool = createLlamaPool([first], () => Promise.reject(new Error(`ENOENT: ${file}`)), file);
  setTimeout(() => kill(first), 20);
  await expect(collect(pool.sample(problems(20, 4, { maxTokens: 250 }), never))).rejects.toMatchObject({
    code: 'engine-lost',
    message: expect.stringContaining('not there any more'),
    remedy: expect.stringContaining('Put the file back'),
  });
  await pool.close();
});

describe.skipIf(process.platform === 'win32')('the end of the parent', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('by %s ends its inference processes too', async (signal) => {
    const parent = spawn(
      process.execPath,
      [path.join(root, 'test/process/engines/samplingParent.ts'), nano],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await firstLine(parent);
    const pids = await inferencePids(parent.pid);
    expect(pids.length).toBeGreaterThan(0);
    parent.kill(signal);
    await once(parent, 'exit');
    expect(await until(() => !pids.some(isAlive), 5000)).toBe(true);
  });
});

describe('an abort while connecting', () => {
  it('rejects with its reason and leaves no process', async () => {
    const controller = new AbortController();
    const connecting = connectEngine(
      { name: 'nano', engine: 'llama', path: nano, gpu: 'auto' },
      controller.signal,
    );
    await until(() => false, 60);
    controller.abort(new Error('changed my mind'));
    await expect(connecting).rejects.toThrow('changed my mind');
    expect(await inferencePids()).toEqual([]);
  });
});

async function firstLine(child: ChildProcess): Promise<void> {
  if (child.stdout !== null) await once(child.stdout, 'data');
}
