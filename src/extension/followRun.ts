import { foldEvent, newRunFold, type RunState, type RunStatus, stateOf } from '../core/runs/index.ts';
import { isWriterAlive, tailRun } from '../node/runs/index.ts';

/** A run that is being followed. */
export interface Follower {
  /** Settles when the run is over, or after `dispose`. */
  readonly ended: Promise<void>;
  dispose(): void;
}

/** Nothing will be written any more, unless somebody resumes the run. */
export function isOver(status: RunStatus): boolean {
  return OVER.has(status);
}

const OVER: ReadonlySet<RunStatus> = new Set(['done', 'failed', 'cancelled', 'interrupted', 'lost']);
/** How often the process of a silent run is asked for. */
const LOOK_MS = 2000;

/** Calls back with each new state of a run until it is over. Reads only what was added. */
export function followState(dir: string, changed: (state: RunState) => void): Follower {
  const stop = new AbortController();
  const fold = newRunFold();
  let last: string | undefined;

  async function report(hasNews: boolean): Promise<void> {
    const processAlive = fold.end === null ? await isWriterAlive(fold.process) : null;
    const state = stateOf(fold, { now: Date.now() / 1000, processAlive });
    if (hasNews || state.status !== last) changed(state);
    last = state.status;
    if (isOver(state.status)) stop.abort();
  }

  async function run(): Promise<void> {
    // A killed process writes nothing more: that it is gone is found by asking.
    const look = setInterval(() => void report(false), LOOK_MS);
    try {
      for await (const delta of tailRun(dir, { signal: stop.signal })) {
        for (const event of delta.events) foldEvent(fold, event);
        fold.unknownEvents += delta.unknownEvents;
        if (!delta.hasMore) await report(true);
      }
    } finally {
      clearInterval(look);
    }
  }

  return { ended: run(), dispose: () => stop.abort() };
}
