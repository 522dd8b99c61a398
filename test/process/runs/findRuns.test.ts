import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createRun,
  isProcessAlive,
  listRuns,
  newRunId,
  openRunWriter,
  ownProcessStart,
  resolveRun,
  runsRoot,
  startRecorder,
} from '../../../src/node/runs/index.ts';
import { manifest, problems, temporaryDir } from './fixtures.ts';

async function workspaceWith(...ids: string[]): Promise<string> {
  const workspace = await temporaryDir();
  for (const [index, id] of ids.entries()) {
    const createdAt = `2026-01-0${index + 1}T00:00:00Z`;
    await createRun(path.join(runsRoot(workspace), id), manifest(id, { createdAt }), problems);
  }
  return workspace;
}

describe('names of runs', () => {
  it('are dates, kinds and slugs that every file system takes', () => {
    const now = new Date(2026, 0, 2, 3, 4, 5);
    expect(newRunId(now, 'evaluate', 'AIME 24 / nano: T=0.6?')).toBe(
      '20260102-030405-evaluate-aime-24-nano-t-0.6',
    );
    expect(newRunId(now, 'train', '..')).toBe('20260102-030405-train');
  });
});

describe('resolving', () => {
  it('takes a path, a name, a beginning or a part, as long as one run fits', async () => {
    const workspace = await workspaceWith('20260101-100000-evaluate-aime', '20260102-100000-evaluate-math');
    const aime = path.join(runsRoot(workspace), '20260101-100000-evaluate-aime');
    for (const wanted of [
      aime,
      '.reflection/runs/20260101-100000-evaluate-aime',
      path.basename(aime),
      '20260101',
      'aime',
    ]) {
      expect(await resolveRun(workspace, wanted)).toBe(aime);
    }
    // As a shell completes it in a folder of the workspace.
    const below = path.join(workspace, '.reflection');
    expect(await resolveRun(workspace, 'runs/20260101-100000-evaluate-aime', below)).toBe(aime);
  });

  it('says which runs fit, or which are near', async () => {
    const workspace = await workspaceWith('20260101-100000-evaluate-aime', '20260102-100000-evaluate-math');
    await expect(resolveRun(workspace, 'evaluate')).rejects.toMatchObject({
      code: 'run-ambiguous',
      message: expect.stringContaining('20260102-100000-evaluate-math'),
    });
    await expect(resolveRun(workspace, '20260101-100000-evaluate-aimee')).rejects.toMatchObject({
      code: 'run-unknown',
      remedy: expect.stringContaining('20260101-100000-evaluate-aime'),
    });
  });
});

describe('listing', () => {
  it('shows the newest first, what is no run not at all, and a broken manifest as a fault', async () => {
    const workspace = await workspaceWith('a', 'b');
    const root = runsRoot(workspace);
    await mkdir(path.join(root, 'no-run'));
    await mkdir(path.join(root, 'broken'));
    await writeFile(path.join(root, 'broken', 'run.json'), '{');
    const { runs, faults } = await listRuns(root);
    expect(runs.map(({ id, state }) => [id, state.status])).toEqual([
      ['b', 'empty'],
      ['a', 'empty'],
    ]);
    expect(faults).toMatchObject([{ dir: path.join(root, 'broken') }]);
    expect(await listRuns(path.join(workspace, 'nowhere'))).toEqual({ runs: [], faults: [] });
  });

  it('asks for the process: running, and lost when it is gone', async () => {
    const workspace = await workspaceWith('a');
    const dir = path.join(runsRoot(workspace), 'a');
    const writer = await openRunWriter(dir);
    const recorder = await startRecorder(writer, { n: 1, versions: {} });
    const statusOf = async () => (await listRuns(runsRoot(workspace))).runs[0]?.state.status;
    expect(await statusOf()).toBe('running');
    const gone = { pid: 4_194_303, processStart: 1, host: os.hostname() };
    await writer.append('events', { type: 'run_start', t: Date.now() / 1000, ...gone });
    expect(await statusOf()).toBe('lost');
    await recorder.end('ok', null);
    expect(await statusOf()).toBe('done');
    await writer.close();
  });
});

describe('processes', () => {
  it('live until they are gone, and are not mistaken for a later one with the same id', async () => {
    expect(await isProcessAlive(process.pid, await ownProcessStart())).toBe(true);
    expect(await isProcessAlive(process.pid, null)).toBe(true);
    if (process.platform === 'linux') expect(await isProcessAlive(process.pid, 1)).toBe(false);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    const pid = child.pid ?? 0;
    expect(await isProcessAlive(pid, null)).toBe(true);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await isProcessAlive(pid, null)).toBe(false);
  });

  it('knows the start of this process to the second', async () => {
    const start = await ownProcessStart();
    if (process.platform === 'win32') return;
    expect(Math.abs((start ?? 0) - (Date.now() / 1000 - process.uptime()))).toBeLessThan(2);
  });
});
