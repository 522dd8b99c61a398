/**
 * A disk that fills up, one that is read-only, a directory that is deleted and two writers, through the command line. The
 * disks are real: small file systems in memory, in a mount namespace of their own.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readRun } from '../../../src/node/runs/index.ts';
import { CLI, eventually, startCli } from '../cli/cli.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { contentOf, lineIds } from './fixtures.ts';
import { finish, prepareWorkspace } from './killing.ts';

const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
const EVALUATE = ['evaluate', set, '--model', 'one', '-n', '24', '--max-tokens', '120'];

const mounting = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/tmp'], { encoding: 'utf8' });
/** Why no file system can be mounted here; null where one can. */
const cannotMount = mounting.status === 0 ? null : (mounting.error?.message ?? mounting.stderr.trim());

/** Runs a shell script with a small file system at $DISK and `reflection` as a command; gives what it printed. */
async function onSmallDisk(workspace: string, kilobytes: number, script: string): Promise<string> {
  const prelude = [
    'set -u',
    `mount -t tmpfs -o size=${kilobytes}k none "$DISK"`,
    'reflection() { "$NODE" "$CLI" "$@" --quiet --json 2>&1; echo "code=$?"; }',
  ];
  const { stdout } = await promisify(execFile)(
    'unshare',
    ['-rm', 'sh', '-c', [...prelude, script].join('\n')],
    {
      cwd: workspace,
      env: { ...process.env, DISK: path.join(workspace, 'disk'), NODE: process.execPath, CLI },
      maxBuffer: 1 << 26,
    },
  );
  return stdout;
}

async function prepared(): Promise<string> {
  const workspace = await temporaryDir();
  await prepareWorkspace(workspace);
  spawnSync('mkdir', [path.join(workspace, 'disk'), path.join(workspace, 'kept')]);
  return workspace;
}

const args = EVALUATE.map((arg) => `'${arg}'`).join(' ');

// `npm test` prints the names of tests that were skipped.
const whySkipped = cannotMount === null ? '' : ` (no small disk can be mounted: ${cannotMount})`;

describe.skipIf(cannotMount !== null)(`a run on a disk${whySkipped}`, () => {
  it('that fills up ends with the remedy, and goes on where it was once there is space', async () => {
    const workspace = await prepared();
    const printed = await onSmallDisk(
      workspace,
      64,
      `reflection ${args} --run-dir "$DISK/run"
       cp -r "$DISK/run" kept/full
       mount -o remount,size=64m "$DISK"
       reflection resume "$DISK/run"
       cp -r "$DISK/run" kept/run`,
    );
    const [first = '', second = ''] = printed.split(/code=\d+/);
    expect(first).toContain('There is no space left on the disk.');
    expect(first).toContain('Free some space and resume the run');
    expect(printed.match(/code=\d+/g)).toEqual(['code=1', 'code=0']);
    expect(second).not.toContain('error');
    // What was there when the disk was full is whole lines, and is there in the end, unchanged.
    const full = await readRun(path.join(workspace, 'kept', 'full'));
    const run = await readRun(path.join(workspace, 'kept', 'run'));
    expect([full.faults, run.faults]).toEqual([[], []]);
    expect(full.solutions.length).toBeGreaterThan(5);
    expect(run.solutions.slice(0, full.solutions.length)).toEqual(full.solutions);
    expect(await lineIds(run.dir, 'solutions.jsonl')).toHaveLength(5 * 24);
    const whole = path.join(workspace, 'whole');
    await finish({ workspace, dir: whole, args: EVALUATE });
    expect((await contentOf(run.dir)).solutions).toEqual((await contentOf(whole)).solutions);
  });

  it('that is read-only says so, and leaves nothing', async () => {
    const workspace = await prepared();
    const printed = await onSmallDisk(
      workspace,
      64,
      `mount -o remount,ro "$DISK"
       reflection ${args} --run-dir "$DISK/run"`,
    );
    expect(printed).toContain('The disk is read-only.');
    expect(printed).toContain('choose another directory');
    expect(printed).toContain('code=1');
    expect(await readdir(path.join(workspace, 'disk'))).toEqual([]);
  });
});

describe('a run', () => {
  /** Starts the run and waits until it has written a sample. */
  async function running(workspace: string) {
    const dir = path.join(workspace, 'run');
    const started = startCli([...EVALUATE, '-n', '400', '--run-dir', dir, '--quiet', '--json'], {
      cwd: workspace,
    });
    await eventually(async () => {
      const ids = await lineIds(dir, 'solutions.jsonl').catch(() => []);
      return ids.length > 0 ? true : undefined;
    });
    return { dir, ...started };
  }

  it('whose directory is deleted underneath ends at once, and says why', async () => {
    const workspace = await prepared();
    const { dir, ended } = await running(workspace);
    await rm(dir, { recursive: true, maxRetries: 20 });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not there any more|was deleted while it was written/);
    expect(stderr).not.toContain('fault in the workbench');
  });

  it('that is being written is refused to a second writer, and is not harmed', async () => {
    const workspace = await prepared();
    const { dir, child, ended } = await running(workspace);
    const second = await startCli(['resume', dir, '--quiet', '--json'], { cwd: workspace }).ended;
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`The run is being written by process ${child.pid}`);
    expect(second.stderr).toContain('Wait for it to end or stop it');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const ids = await lineIds(dir, 'solutions.jsonl');
    expect(new Set(ids).size).toBe(ids.length);
    expect((await readRun(dir)).faults).toEqual([]);
  });
});
