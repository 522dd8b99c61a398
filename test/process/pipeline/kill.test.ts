/**
 * SIGKILL of `reflection evaluate` and `reflection sample` on the embedded model, at random moments, until they are done.
 * No finished sample is lost, made twice or changed, and with one slot the run equals one that was never killed.
 * `npm run soak` does the same with many more kills.
 */
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../runs/fixtures.ts';
import { KILLED_COMMANDS, killedRunsEqualWhole } from './killedRuns.ts';

/** Of each command. */
const KILLS = 32;
const SEED = 20_260_101;
const PER_KILL_MS = 20_000;

describe('killed runs', () => {
  it.each(KILLED_COMMANDS)(
    `$name is whole and unchanged after ${KILLS} kills`,
    {
      timeout: 2 * KILLS * PER_KILL_MS,
    },
    async (command) => {
      let killed = 0;
      let samples = 0;
      await killedRunsEqualWhole({
        command,
        kills: KILLS,
        seed: SEED,
        runSeeds: [1, 2, 3, 4, 5, 6, 7, 8].values(),
        newDir: temporaryDir,
        onKill: () => {
          killed += 1;
        },
        onEqual: (equal) => {
          samples += equal;
        },
      });
      expect(killed).toBe(KILLS);
      expect(samples).toBeGreaterThan(0);
    },
  );
});
