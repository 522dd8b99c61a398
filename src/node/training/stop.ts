/** Ending a run's process on purpose, and making sure that it is gone. */
import { setTimeout as delay } from 'node:timers/promises';

export interface StopOptions {
  /** Seconds until it is killed. A trainer needs the current step and one checkpoint; null: never kill. */
  readonly graceSeconds: number | null;
  readonly signal?: AbortSignal;
  /** Asked between waits; a run that has ended on its own has nothing to stop. */
  readonly isAlive: () => Promise<boolean>;
}

export type StopOutcome = 'not-running' | 'stopped' | 'killed' | 'survived';

/**
 * SIGTERM to the process group that `pid` leads (to the process alone where it leads none), a wait, SIGKILL, and a
 * check. A trainer writes a checkpoint on SIGTERM, so a stopped run can be resumed.
 */
export async function stopProcess(pid: number, options: StopOptions): Promise<StopOutcome> {
  if (!(await options.isAlive())) return 'not-running';
  signalGroup(pid, 'SIGTERM');
  if (await gone(options, options.graceSeconds ?? Number.POSITIVE_INFINITY)) return 'stopped';
  if (options.graceSeconds === null) return 'survived';
  signalGroup(pid, 'SIGKILL');
  return (await gone(options, 5)) ? 'killed' : 'survived';
}

async function gone(options: StopOptions, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (!(await options.isAlive())) return true;
    await delay(100, undefined, options.signal ? { signal: options.signal } : {});
  }
  return !(await options.isAlive());
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the question and the signal.
    }
  }
}
