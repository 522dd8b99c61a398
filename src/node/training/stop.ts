/** Ending a run's process on purpose, and making sure that it is gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { isGroupAlive, signalGroup } from './processGroup.ts';

export interface StopOptions {
  /** Seconds until it is killed. A trainer needs the current step and one checkpoint; null: never kill. */
  readonly graceSeconds: number | null;
  readonly signal?: AbortSignal;
  /** Asked between waits; a run that has ended on its own has nothing to stop. */
  readonly isAlive: () => Promise<boolean>;
}

export type StopOutcome = 'not-running' | 'stopped' | 'killed' | 'survived';

/** Seconds in which what a process started ends after it, and in which SIGKILL works. */
const SOON = 5;

/**
 * SIGTERM to the process group that `pid` leads (to the process alone where it leads none), a wait, SIGKILL, and a
 * check that nobody of the group is left. A trainer writes a checkpoint on SIGTERM, so a stopped run can be resumed.
 */
export async function stopProcess(pid: number, options: StopOptions): Promise<StopOutcome> {
  if (!(await options.isAlive())) return 'not-running';
  const groupIsThere = () => isGroupAlive(pid);
  signalGroup(pid, 'SIGTERM');
  const stopped = await gone(options.isAlive, options.graceSeconds ?? Number.POSITIVE_INFINITY, options);
  if (!stopped && options.graceSeconds === null) return 'survived';
  if (stopped && (await gone(groupIsThere, SOON, options))) return 'stopped';
  signalGroup(pid, 'SIGKILL');
  const allGone = (await gone(options.isAlive, SOON, options)) && (await gone(groupIsThere, SOON, options));
  if (!allGone) return 'survived';
  return stopped ? 'stopped' : 'killed';
}

async function gone(
  isThere: () => Promise<boolean>,
  seconds: number,
  { signal }: StopOptions,
): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (!(await isThere())) return true;
    await delay(100, undefined, signal ? { signal } : {});
  }
  return !(await isThere());
}
