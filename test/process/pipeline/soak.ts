/**
 * `npm run soak [-- KILLS [SEED]]`: the kill test of this folder for longer, several run directories side by side. A line of
 * progress every ten seconds, and at the end what was found. The same seed kills at the same drawn moments.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { clock } from '../../../src/core/clock.ts';
import { KILLED_COMMANDS, killedRunsEqualWhole } from './killedRuns.ts';
import type { Kill } from './killing.ts';

const PROGRESS_MS = 10_000;
const MOST_DIRECTORIES = 8;

const [kills = 1000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
if (!(Number.isInteger(kills) && kills > 0 && Number.isInteger(seed)))
  throw new Error('Usage: npm run soak -- [KILLS [SEED]]');

const say = (line: string) => process.stdout.write(`${line}\n`);
const count = { killed: 0, starting: 0, torn: 0, lines: 0, equalRuns: 0, equalSamples: 0 };
const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;

function onKill({ phase, isTorn, lines, linesBefore }: Kill): void {
  count.killed += 1;
  count.starting += phase === 'starting' ? 1 : 0;
  count.torn += isTorn ? 1 : 0;
  count.lines += lines - linesBefore;
}

function progress(): void {
  const { killed, starting, torn, lines, equalRuns } = count;
  const left = killed === 0 ? '' : `, about ${clock((seconds() / killed) * (kills - killed))} left`;
  say(
    `${clock(seconds())}  killed ${killed} of ${kills} times (${starting} while starting, ${torn} inside a line), ` +
      `${lines} samples finished in between, ${equalRuns} whole runs compared: equal${left}`,
  );
}

/** Every so many-th number: directories side by side never repeat a run. */
function* runSeeds(first: number, step: number): Generator<number> {
  for (let next = first; ; next += step) yield next;
}

const root = mkdtempSync(path.join(tmpdir(), 'reflection-soak-'));
process.env.REFLECTION_CACHE_DIR = path.join(root, 'cache');
const directories = Math.max(2, Math.min(availableParallelism(), MOST_DIRECTORIES));
let workspaces = 0;
function newDir(): Promise<string> {
  const dir = path.join(root, String(++workspaces));
  mkdirSync(dir);
  return Promise.resolve(dir);
}

say(`${kills} kills, seed ${seed}, ${directories} run directories side by side, in ${root}`);
const timer = setInterval(progress, PROGRESS_MS);
try {
  const share = (place: number) => Math.floor((kills + place) / directories);
  await Promise.all(
    Array.from({ length: directories }, async (_, place) => {
      const command = KILLED_COMMANDS[place % KILLED_COMMANDS.length];
      if (command === undefined) throw new Error('there is no command to kill');
      await killedRunsEqualWhole({
        command,
        kills: share(place),
        seed,
        runSeeds: runSeeds(place + 1, directories),
        newDir,
        onKill,
        onEqual: (samples) => {
          count.equalRuns += 1;
          count.equalSamples += samples;
        },
      });
    }),
  );
  clearInterval(timer);
  progress();
  say(
    `Verified: ${count.equalRuns} runs of evaluate and sample, ${count.killed} times killed with SIGKILL and resumed, hold each of ` +
      `their ${count.equalSamples} samples once; no line that was whole has changed; texts, grades, datasets and dropped ` +
      'candidates equal those of runs of the same seed that were never killed.',
  );
  rmSync(root, { recursive: true });
} catch (thrown) {
  // Other directories are still being killed and resumed: nothing of theirs is worth waiting for.
  progress();
  say(`FAILED with seed ${seed}; the runs are left in ${root}`);
  say(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  process.exit(1);
}
