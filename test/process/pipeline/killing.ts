/** Kills the command line with SIGKILL at random moments, again and again, until what it was asked for is done. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hash32 } from '../../../src/core/sampling/index.ts';
import { readRunState } from '../../../src/node/runs/index.ts';
import { NANO, startCli } from '../cli/cli.ts';

/** One process, one thread, one slot: the shape in which the same seed always gives the same text. */
export const ONE_SLOT = JSON.stringify({
  models: {
    one: { engine: 'llama', path: NANO, gpu: 'cpu', processes: 1, slots: 1, prompts: 'nano' },
  },
});

const LINES = ['solutions.jsonl', 'critiques.jsonl'] as const;

export interface KilledRun {
  readonly workspace: string;
  readonly dir: string;
  /** Arguments of the command, without its run directory. */
  readonly args: readonly string[];
}

/** Runs the command to its end. */
export async function finish({ workspace, dir, args }: KilledRun): Promise<void> {
  const { code, stderr } = await startCli([...args, '--run-dir', dir, '--quiet', '--json'], {
    cwd: workspace,
  }).ended;
  if (code !== 0) throw new Error(`the command ended with ${code}: ${stderr}`);
}

/** One death of the command. */
export interface Kill {
  readonly phase: 'starting' | 'writing';
  /** Whether it left half a line. */
  readonly isTorn: boolean;
  /** Whole lines that are on disk now, and before the command had started. */
  readonly lines: number;
  readonly linesBefore: number;
}

/**
 * Kills the run up to `kills` times and resumes it after each; tells how often it was killed before it was done. Half of
 * the kills come while the process starts, the others soon after it has written something. No line that was whole
 * may ever change.
 */
export async function killUntilDone(
  run: KilledRun,
  kills: number,
  seed: number,
  onKill: (kill: Kill) => void = () => undefined,
): Promise<number> {
  const before = new Map<string, string>();
  const lines = () => [...before.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  let startMs = FIRST_START_MS;
  for (let kill = 0; kill < kills; kill += 1) {
    const life = await liveAndDie(run, startMs, (what) => hash32(seed, `${what} ${kill}`) / 2 ** 32);
    startMs = life.startMs ?? startMs;
    const linesBefore = lines();
    let isTorn = false;
    for (const name of LINES) {
      const text = await readFile(path.join(run.dir, name), 'utf8').catch(() => '');
      if (!text.startsWith(before.get(name) ?? '')) throw new Error(`${name} has changed after kill ${kill}`);
      before.set(name, text.slice(0, text.lastIndexOf('\n') + 1));
      isTorn ||= text !== '' && !text.endsWith('\n');
    }
    if (life.phase === null) return kill;
    const { status } = await readRunState(run.dir);
    if (!['lost', 'empty', 'done'].includes(status))
      throw new Error(`after kill ${kill} the run is ${status}`);
    onKill({ phase: life.phase, isTorn, lines: lines(), linesBefore });
  }
  await finish(run);
  return kills;
}

/** Starting takes about so long, until it is measured. */
const FIRST_START_MS = 900;
/** Kills after the first written line come within so long. */
const WORK_MS = 120;
const LOOK_MS = 4;

interface Life {
  /** When it was killed; null: it was done before. */
  readonly phase: Kill['phase'] | null;
  /** How long it took to write its first line, if it did. */
  readonly startMs?: number;
}

async function liveAndDie(
  { workspace, dir, args }: KilledRun,
  usualStartMs: number,
  random: (what: string) => number,
): Promise<Life> {
  const sizeBefore = await writtenBytes(dir);
  const hasWritten = async () => (await writtenBytes(dir)) !== sizeBefore;
  const beganAt = performance.now();
  const { child, ended } = startCli([...args, '--run-dir', dir, '--quiet', '--json'], { cwd: workspace });
  let isOver = false;
  const end = ended.then((result) => {
    isOver = true;
    return result;
  });
  const isEarly = random('when') < 1 / 2;
  let startMs: number | undefined;
  if (!isEarly) {
    while (!isOver && !(await hasWritten())) await sleep(LOOK_MS);
    startMs = performance.now() - beganAt;
  }
  const delay = random('how long') * (isEarly ? usualStartMs : WORK_MS);
  const timer = setTimeout(() => child.kill('SIGKILL'), delay);
  const { code, stderr } = await end;
  clearTimeout(timer);
  if (code !== null && code !== 0) throw new Error(`the command ended with ${code}: ${stderr}`);
  const phase = code !== null ? null : (await hasWritten()) ? 'writing' : 'starting';
  return { phase, ...(startMs === undefined ? {} : { startMs }) };
}

async function writtenBytes(dir: string): Promise<number> {
  const sizes = LINES.map((name) =>
    stat(path.join(dir, name)).then(
      (entry) => entry.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/** The workspace that `ONE_SLOT` describes. */
export async function prepareWorkspace(workspace: string): Promise<void> {
  await writeFile(path.join(workspace, 'reflection.json'), ONE_SLOT);
}
