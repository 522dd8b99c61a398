/**
 * SIGKILL of `reflection evaluate` and `reflection sample` on the embedded model, at random moments, until they are done.
 * No finished sample is lost, made twice or changed, and with one slot the run equals one that was never killed.
 * `npm run soak` does the same with many more kills.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readRun, readRunState } from '../../../src/node/runs/index.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { contentOf, lineIds } from './fixtures.ts';
import { finish, type KilledRun, killUntilDone, prepareWorkspace } from './killing.ts';

/** Of both commands together. */
const KILLS = Number(process.env.REFLECTION_KILLS ?? 64);
const SEED = Number(process.env.REFLECTION_KILL_SEED ?? 20_260_101);
const PER_KILL_MS = 20_000;

const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
const evaluation = ['evaluate', set, '--model', 'one', '-n', '24', '--max-tokens', '120'];
const sampling = [
  'sample',
  set,
  '--model',
  'one',
  '--solutions',
  '8',
  '--critiques',
  '3',
  '--max-tokens',
  '120',
];

describe('killed runs', () => {
  it(`evaluate is whole and unchanged after ${KILLS / 2} kills`, {
    timeout: KILLS * PER_KILL_MS,
  }, async () => {
    await killedRunsEqualWhole(evaluation, Math.ceil(KILLS / 2), []);
  });

  it(`sample is whole and unchanged after ${KILLS / 2} kills`, { timeout: KILLS * PER_KILL_MS }, async () => {
    await killedRunsEqualWhole(sampling, Math.ceil(KILLS / 2), ['dataset.jsonl', 'dropped.jsonl']);
  });
});

/** As many runs as the kills need; each is compared with one of the same seed that was left alone. */
async function killedRunsEqualWhole(
  args: readonly string[],
  kills: number,
  made: readonly string[],
): Promise<void> {
  let done = 0;
  for (let seed = 1; done < kills; seed += 1) {
    const workspace = await temporaryDir();
    await prepareWorkspace(workspace);
    const named = (name: string): KilledRun => ({
      workspace,
      dir: path.join(workspace, name),
      args: [...args, '--seed', String(seed)],
    });
    const whole = named('whole');
    await finish(whole);
    const killed = named('killed');
    const now = await killUntilDone(killed, kills - done, SEED + seed);
    expect(now).toBeGreaterThan(0);
    done += now;
    await expectEqualRuns(killed.dir, whole.dir, made);
  }
  expect(done).toBe(kills);
}

async function expectEqualRuns(dir: string, wholeDir: string, made: readonly string[]): Promise<void> {
  for (const file of ['solutions.jsonl', 'critiques.jsonl'] as const) {
    const ids = await lineIds(dir, file).catch(() => []);
    expect(new Set(ids).size).toBe(ids.length);
  }
  expect(await contentOf(dir)).toEqual(await contentOf(wholeDir));
  expect((await readRun(dir)).faults).toEqual([]);
  expect((await readRunState(dir)).status).toBe('done');
  const withoutNames = async (at: string, file: string) =>
    (await readFile(path.join(at, file), 'utf8')).replaceAll(`"${path.basename(at)}"`, '"run"');
  for (const file of made) expect(await withoutNames(dir, file)).toBe(await withoutNames(wholeDir, file));
}
