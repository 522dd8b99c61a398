/** Real training of a few steps from the command line: it outlives its terminal, stops in order, resumes. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runEventSchema } from '../../../src/core/schema/event.ts';
import { isProcessAlive, readRunState } from '../../../src/node/runs/index.ts';
import { eventually, NANO, runCli, startCli, workspaceWith } from './cli.ts';

/** Enough records of the right form for a few steps; what they teach does not matter here. */
function dataset(records: number): string {
  const rows = Array.from({ length: records }, (_, index) => {
    const [a, b] = [10 + index, 20 + index];
    return {
      id: `r${index}`,
      q: `Tom has ${a} cards. Next, ${b} more arrive. How many cards are there now?`,
      gold: String(a + b),
      y: `Step 1: ${a}+${b}=${a + b - 10}.\nThe answer is ${a + b - 10}. \\boxed{${a + b - 10}}`,
      yAnswer: String(a + b - 10),
      yCorrect: 0,
      c: `Check 1: ${a}+${b}=${a + b}, the solution has ${a + b - 10}. Wrong. \\boxed{${a + b}}`,
      cAnswer: String(a + b),
      cCorrect: 1,
      type: 'i2c',
      prompt: `Please critique whether the following solution to the question is correct. Question: Tom has ${a} cards. Next, ${b} more arrive. How many cards are there now? Solution: Step 1: ${a}+${b}=${a + b - 10}.`,
      system: null,
      tokensY: 20,
      tokensC: 30,
      gen: {
        run: 'test',
        model: 'nano',
        modelSha256: null,
        solutionId: `r${index}#0`,
        critiqueId: `r${index}#0/0`,
        seed: index,
      },
      review: 'none',
    };
  });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const TRAIN = [
  'train',
  'scft-nano',
  '--data',
  'data.jsonl',
  '--model',
  NANO,
  '--run-dir',
  'run',
  '--set',
  'batchSize=4',
  '--set',
  'microBatchSize=4',
];

async function events(dir: string) {
  const text = await readFile(path.join(dir, 'events.jsonl'), 'utf8').catch(() => '');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => runEventSchema.parse(JSON.parse(line)));
}

const steps = async (dir: string) => (await events(dir)).filter((event) => event.type === 'step');

describe('reflection train', () => {
  it('survives its terminal, is stopped with a checkpoint, resumes and ends with a model that runs', async () => {
    const cwd = await workspaceWith({ 'data.jsonl': dataset(48) });
    const dir = path.join(cwd, 'run');
    const { child, ended } = startCli([...TRAIN, '--set', 'epochs=40'], { cwd });
    await eventually(async () => ((await steps(dir)).length >= 2 ? true : undefined));
    // The terminal goes away: only the watching ends.
    child.kill('SIGHUP');
    await ended;
    const seen = (await steps(dir)).length;
    await eventually(async () => ((await steps(dir)).length > seen + 1 ? true : undefined));
    const { process: trainer } = await readRunState(dir);
    expect(trainer && (await isProcessAlive(trainer.pid, trainer.processStart))).toBe(true);
    const twice = await runCli(['resume', 'run'], { cwd });
    expect(twice.code).toBe(1);
    expect(twice.stderr).toMatch(/is running/);

    const stopped = await runCli(['stop', 'run', '--json'], { cwd });
    expect(JSON.parse(stopped.stdout)).toMatchObject({ outcome: 'stopped' });
    const state = await readRunState(dir);
    expect(state.status).toBe('cancelled');
    const [checkpoint] = state.checkpoints;
    expect(checkpoint?.gguf).toBe(true);
    expect(trainer && (await isProcessAlive(trainer.pid, trainer.processStart))).toBe(false);

    // A shorter goal cannot be set in this directory: another configuration is refused with the difference.
    const other = await runCli([...TRAIN, '--set', 'epochs=1'], { cwd });
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/epochs: 40 there, 1 now/);

    await writeFile(
      path.join(cwd, 'one.jsonl'),
      `${JSON.stringify({ id: 'one', problem: 'Tom has 3 cards. Next, 4 more arrive. How many cards are there now?', answer: '7' })}\n`,
    );
    const evaluated = await runCli(['evaluate', 'one.jsonl', '-n', '2', '--model', 'run', '--json'], { cwd });
    expect(evaluated.stderr).not.toContain('error');
    expect(evaluated.code).toBe(0);

    const { child: resuming, ended: resumed } = startCli(['resume', 'run'], { cwd });
    await eventually(async () => {
      const last = (await steps(dir)).at(-1);
      return last && last.step > (checkpoint?.step ?? 0) ? true : undefined;
    });
    const resumedState = await readRunState(dir);
    expect(resumedState.resumedFrom).toContain(String(checkpoint?.step));
    resuming.kill('SIGINT');
    expect((await resumed).code).toBe(130);
  });

  it('without a Python says what is missing and how to get it, and makes no run that looks started', async () => {
    const cwd = await workspaceWith({ 'data.jsonl': dataset(4) });
    const { code, stderr } = await runCli(TRAIN, { cwd, env: { REFLECTION_PYTHON: '/nonexistent/python' } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/nonexistent\/python could not be run[\s\S]*pip install -r/);
    expect((await readRunState(path.join(cwd, 'run'))).status).toBe('empty');
  });

  it('a bad record is an error with file, line and field before the first step', async () => {
    const cwd = await workspaceWith({ 'data.jsonl': `${dataset(3)}{"id":"x"}\n` });
    const { code, stderr, stdout } = await runCli([...TRAIN, '--json'], { cwd });
    expect(code).toBe(1);
    const outcome = z.looseObject({ status: z.string(), error: z.string() }).parse(JSON.parse(stdout));
    expect(outcome.status).toBe('failed');
    expect(`${outcome.error}${stderr}`).toMatch(/data\.jsonl:4/);
    expect(await steps(path.join(cwd, 'run'))).toEqual([]);
  });
});
