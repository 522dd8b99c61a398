import { foldEvent, newRunFold, type RunState, type RunStatus, stateOf } from '../core/runs/index.ts';

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

/** Whether going on with the run would do something: it is not complete, or samples of it have failed. */
export function isResumable({ status, failed }: RunState): boolean {
  return isOver(status) && (status !== 'done' || failed > 0);
}

const OVER: ReadonlySet<RunStatus> = new Set(['done', 'failed', 'cancelled', 'interrupted', 'lost']);
/** How often the directory is read, and how often the process of a silent run is asked for. */
const INTERVALS = { pollMs: 500, lookMs: 2000 };

/** Calls back with each new state of a run until it is over. Reads only what was added. */
export function followState(
  dir: string,
  changed: (state: RunState) => void,
  { pollMs, lookMs } = INTERVALS,
): Follower {
  const stop = new AbortController();
  const fold = newRunFold();
  let last: string | undefined;
  let hasRead = false;

  async function report(hasNews: boolean): Promise<void> {
    const { isWriterAlive, readRunState } = await import('./runReading.ts');
    const processAlive = fold.end === null ? await isWriterAlive(fold.process) : null;
    const seen = stateOf(fold, { now: Date.now() / 1000, processAlive });
    // Its last lines may have been written after the last look: what is lost is read once more.
    const state = seen.status === 'lost' ? await readRunState(dir) : seen;
    if (hasNews || state.status !== last) changed(state);
    last = state.status;
    if (isOver(state.status)) stop.abort();
  }

  async function run(): Promise<void> {
    const { tailRun } = await import('./runReading.ts');
    // A killed process writes nothing more: that it is gone is found by asking.
    const look = setInterval(() => {
      // What cannot be read now is read at the next look, or has been deleted: then following ends.
      if (hasRead) report(false).catch(() => undefined);
    }, lookMs);
    try {
      for await (const delta of tailRun(dir, { signal: stop.signal, pollMs, files: ['events'] })) {
        for (const event of delta.events) foldEvent(fold, event);
        fold.unknownEvents += delta.unknownEvents;
        hasRead = true;
        if (!delta.hasMore) await report(true);
      }
    } finally {
      clearInterval(look);
    }
  }

  return { ended: run(), dispose: () => stop.abort() };
}
