/** Ending a run's process: nobody of its process group is left behind, whatever they do with signals. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { stopProcess } from '../../../src/node/training/index.ts';
import { isGroupAlive } from '../../../src/node/training/processGroup.ts';
import { isAlive } from '../isAlive.ts';

const IGNORES = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('ready\\n');`;
const children: number[] = [];

/** Leads a group of its own; starts a child in it that ignores SIGTERM, and says when that is ready. */
async function leader(onTerm: string): Promise<number> {
  const script = `
    const { spawn } = require('node:child_process');
    process.on('SIGTERM', () => { ${onTerm} });
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(IGNORES)}], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', () => process.stdout.write('ready\\n'));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const { pid = 0 } = child;
  children.push(pid);
  return pid;
}

const aliveCheck = (pid: number) => async () => isAlive(pid);

afterEach(() => {
  for (const pid of children.splice(0)) if (isAlive(-pid)) process.kill(-pid, 'SIGKILL');
});

describe('stopping a process', () => {
  it('also ends what it had started and left behind', { timeout: 30_000 }, async () => {
    const pid = await leader('process.exit(0)');
    expect(await isGroupAlive(pid)).toBe(true);
    expect(await stopProcess(pid, { graceSeconds: 20, isAlive: aliveCheck(pid) })).toBe('stopped');
    expect(await isGroupAlive(pid)).toBe(false);
  });

  it('kills a group that does not listen, after the grace', { timeout: 30_000 }, async () => {
    const pid = await leader('');
    expect(await stopProcess(pid, { graceSeconds: 0.3, isAlive: aliveCheck(pid) })).toBe('killed');
    expect(await isGroupAlive(pid)).toBe(false);
  });

  it('never kills without a grace to end, and finds nothing to stop where nothing runs', async () => {
    const pid = await leader('process.exit(0)');
    expect(await stopProcess(pid, { graceSeconds: 1, isAlive: async () => false })).toBe('not-running');
    expect(isAlive(pid)).toBe(true);
  });
});
