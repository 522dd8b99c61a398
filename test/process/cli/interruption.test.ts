/** Ctrl-C, SIGTERM and SIGKILL of each sampling command, one after the other on one run, and then its end: boring. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readRun, readRunState } from '../../../src/node/runs/index.ts';
import { contentOf } from '../pipeline/fixtures.ts';
import { finish, prepareWorkspace } from '../pipeline/killing.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { eventually, startCli } from './cli.ts';

const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
const MODEL = ['--model', 'one', '--max-tokens', '120'];

describe.each([
  { command: 'evaluate', args: ['evaluate', set, ...MODEL, '-n', '12'] },
  { command: 'critique', args: ['critique', 'solved', ...MODEL, '-n', '6'] },
  { command: 'sample', args: ['sample', set, ...MODEL, '--solutions', '8', '--critiques', '2'] },
])('$command', ({ command, args }) => {
  it('is ended by Ctrl-C, SIGTERM and SIGKILL, and is whole in the end', async () => {
    const workspace = await temporaryDir();
    await prepareWorkspace(workspace);
    if (command === 'critique') {
      const solved = path.join(workspace, 'solved');
      await finish({ workspace, dir: solved, args: ['evaluate', set, ...MODEL, '-n', '2'] });
    }
    const dir = path.join(workspace, 'run');
    const arguments_ = [...args, '--run-dir', dir];
    for (const name of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
      const before = await linesOf(dir, command);
      const { child, ended } = startCli([...arguments_, '--json'], { cwd: workspace });
      await eventually(async () => ((await linesOf(dir, command)) > before ? true : undefined));
      child.kill(name);
      const { code, stderr } = await ended;
      const { status } = await readRunState(dir);
      if (name === 'SIGKILL') {
        expect([code, status]).toEqual([null, 'lost']);
      } else {
        expect(code).toBe(130);
        expect(status).toBe('interrupted');
        expect(stderr).toContain('every finished sample is kept. Go on with: reflection resume run');
        expect(stderr).not.toContain('fault in the workbench');
      }
    }
    // The command itself goes on, and so does `resume`.
    const { code, stderr } = await startCli(['resume', dir, '--json'], { cwd: workspace }).ended;
    expect(stderr).toMatch(/\d+ of \d+ samples were there already/);
    expect(code).toBe(0);
    expect((await readRunState(dir)).status).toBe('done');
    const whole = path.join(workspace, 'whole');
    await finish({ workspace, dir: whole, args });
    expect((await readRun(dir)).faults).toEqual([]);
    expect(await contentOf(dir)).toEqual(await contentOf(whole));
  });
});

/** Lines that the command itself writes: a critique run begins with copies of its solutions. */
async function linesOf(dir: string, command: string): Promise<number> {
  const file = command === 'critique' ? 'critiques.jsonl' : 'solutions.jsonl';
  const text = await readFile(path.join(dir, file), 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}
