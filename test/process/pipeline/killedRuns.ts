/** Runs that are killed again and again, held against runs of the same seed that were left alone. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readRun, readRunState } from '../../../src/node/runs/index.ts';
import { contentOf, lineIds } from './fixtures.ts';
import { finish, type Kill, type KilledRun, killUntilDone, prepareWorkspace } from './killing.ts';

export interface KilledCommand {
  readonly name: 'evaluate' | 'sample';
  readonly args: readonly string[];
  /** Files besides the samples that must come out the same, byte for byte. */
  readonly made: readonly string[];
}

const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
const MODEL = ['--model', 'one', '--max-tokens', '120'];

export const KILLED_COMMANDS: readonly KilledCommand[] = [
  { name: 'evaluate', args: ['evaluate', set, ...MODEL, '-n', '24'], made: [] },
  {
    name: 'sample',
    args: ['sample', set, ...MODEL, '--solutions', '8', '--critiques', '3'],
    made: ['dataset.jsonl', 'dropped.jsonl'],
  },
];

export interface Killing {
  readonly command: KilledCommand;
  readonly kills: number;
  /** Of the moments of the kills. */
  readonly seed: number;
  /** Seeds of the runs: a new run is begun as often as one is done before the kills are. */
  readonly runSeeds: Iterator<number>;
  readonly newDir: () => Promise<string>;
  /** Hears of each kill, and of each run that was found equal, with the number of its samples. */
  readonly onKill?: (kill: Kill) => void;
  readonly onEqual?: (samples: number) => void;
}

/** As many runs as the kills need; throws at the first that differs from the run of its seed that was left alone. */
export async function killedRunsEqualWhole(killing: Killing): Promise<void> {
  const { command, kills, seed, runSeeds, newDir, onKill, onEqual } = killing;
  for (let done = 0; done < kills; ) {
    const runSeed = String(runSeeds.next().value);
    const workspace = await newDir();
    await prepareWorkspace(workspace);
    const named = (name: string): KilledRun => ({
      workspace,
      dir: path.join(workspace, name),
      args: [...command.args, '--seed', runSeed],
    });
    const whole = named('whole');
    await finish(whole);
    const killed = named('killed');
    const now = await killUntilDone(killed, kills - done, seed + Number(runSeed), onKill);
    assert(now > 0, 'the run was over before it could be killed once');
    done += now;
    await expectEqualRuns(killed.dir, whole.dir, command.made);
    const { solutions, critiques } = await readRun(killed.dir);
    onEqual?.(solutions.length + critiques.length);
  }
}

async function expectEqualRuns(dir: string, wholeDir: string, made: readonly string[]): Promise<void> {
  for (const file of ['solutions.jsonl', 'critiques.jsonl'] as const) {
    const ids = await lineIds(dir, file).catch(() => []);
    assert.equal(new Set(ids).size, ids.length, `${dir}: a sample stands twice in ${file}`);
  }
  assert.deepStrictEqual(await contentOf(dir), await contentOf(wholeDir));
  assert.deepStrictEqual((await readRun(dir)).faults, []);
  assert.equal((await readRunState(dir)).status, 'done');
  const withoutNames = async (at: string, file: string) =>
    (await readFile(path.join(at, file), 'utf8')).replaceAll(`"${path.basename(at)}"`, '"run"');
  for (const file of made) assert.equal(await withoutNames(dir, file), await withoutNames(wholeDir, file));
}
