/** Follows training runs for their dashboards, in the thread that can wait for the disk. */
import { type Curve, type CurveGroup, curveGroups, downsample } from '../../core/runs/curves.ts';
import { foldEvent, newRunFold } from '../../core/runs/index.ts';
import { foldRollout, newRolloutFold, type RolloutRow } from '../../core/runs/rollouts.ts';
import { tailRun } from '../runs/index.ts';

/** What a dashboard draws, and the number of its version. */
export interface WatchedRun {
  readonly version: number;
  readonly groups: readonly CurveGroup[];
  readonly curves: readonly Curve[];
  readonly rollouts: readonly RolloutRow[];
}

export interface RunWatcher {
  /** The run as far as it was read; null when nothing has come since this version. The first call reads all of it. */
  look(dir: string, known: number): Promise<WatchedRun | null>;
  stop(dir: string): void;
}

interface Watched {
  readonly abort: AbortController;
  readonly isRead: Promise<void>;
  version: number;
  picture: () => Omit<WatchedRun, 'version'>;
}

const POLL_MS = 250;

export function createRunWatcher(): RunWatcher {
  const watched = new Map<string, Watched>();
  // One count for all: a run that is watched again never has a version that somebody knows already.
  let versions = 0;
  const nextVersion = () => {
    versions += 1;
    return versions;
  };
  return {
    async look(dir, known) {
      const run = watched.get(dir) ?? watch(dir, nextVersion);
      watched.set(dir, run);
      await run.isRead;
      return run.version === known ? null : { version: run.version, ...run.picture() };
    },
    stop(dir) {
      watched.get(dir)?.abort.abort();
      watched.delete(dir);
    },
  };
}

function watch(dir: string, nextVersion: () => number): Watched {
  const abort = new AbortController();
  const read = Promise.withResolvers<void>();
  let fold = newRunFold();
  let rollouts = newRolloutFold();
  const run: Watched = {
    abort,
    isRead: read.promise,
    version: 0,
    picture: () => {
      const names = [...fold.metrics.keys()];
      return {
        groups: curveGroups(names),
        curves: names.map((name) => downsample(name, fold.metrics.get(name) ?? [])),
        rollouts: rollouts.rows,
      };
    },
  };
  const follow = async () => {
    for await (const delta of tailRun(dir, { signal: abort.signal, pollMs: POLL_MS })) {
      if (delta.reset.includes('events')) {
        fold = newRunFold();
        rollouts = newRolloutFold();
      }
      for (const event of delta.events) {
        foldEvent(fold, event);
        if (event.type === 'rollout') foldRollout(rollouts, event);
      }
      run.version = nextVersion();
      if (!delta.hasMore) read.resolve();
    }
  };
  // A directory that is deleted ends the following; what was read stays, and the host tells that the run is gone.
  follow().then(read.resolve, read.reject);
  return run;
}
