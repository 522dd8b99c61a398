/** Following a run until it ends: `watch` and `train`. */
import { clock } from '../core/clock.ts';
import { foldEvent, newRunFold, type RunState, stateOf } from '../core/runs/index.ts';
import { isWriterAlive, tailRun } from '../node/runs/index.ts';
import type { Context } from './context.ts';
import { estimateText } from './generation.ts';
import { followLiveText } from './live.ts';
import type { Progress } from './output.ts';

const OVER: ReadonlySet<RunState['status']> = new Set(['done', 'failed', 'cancelled', 'interrupted', 'lost']);

/** How often a silent run's process is asked for. */
const LOOK_MS = 2000;

/**
 * Shows progress and messages until the run is over or the signal aborts; gives the last state. Aborting ends the
 * watching, never the run. `startsBefore`: how often the run was started before the start that is followed, so that
 * the end of an earlier attempt is not taken for the end of this one. `isLive`: texts as they grow, instead of a bar.
 */
export async function followRun(
  context: Context,
  dir: string,
  signal: AbortSignal,
  startsBefore = 0,
  isLive = false,
): Promise<RunState> {
  const fold = newRunFold();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const now = async (): Promise<RunState> =>
    stateOf(fold, {
      now: Date.now() / 1000,
      processAlive: fold.end === null ? await isWriterAlive(fold.process) : null,
    });
  // A killed process writes nothing more, so its end is found by asking, not by reading.
  const look = setInterval(() => {
    void now().then((state) => {
      if (fold.starts > startsBefore && OVER.has(state.status)) stop.abort();
    });
  }, LOOK_MS);
  const shown = isLive ? { update: () => undefined, stop: followLiveText(context, dir) } : shownRun(context);
  try {
    for await (const delta of tailRun(dir, { signal: either, pollMs: 250 })) {
      for (const event of delta.events) {
        foldEvent(fold, event);
        if (event.type === 'log' && event.level !== 'info') context.output.warn(event.message);
        if (event.type === 'estimate') context.output.note(estimateText(event));
        if (event.type === 'alarm') context.output.warn(`step ${event.step}: ${event.message}`);
        if (event.type === 'checkpoint') context.output.note(`checkpoint ${event.path}`);
      }
      const state = await now();
      shown.update(state);
      if (!delta.hasMore && fold.starts > startsBefore && OVER.has(state.status)) break;
    }
  } finally {
    clearInterval(look);
    shown.stop();
  }
  return now();
}

function shownRun(context: Context): { update(state: RunState): void; stop(): void } {
  let bar: Progress | undefined;
  let stage: string | null = null;
  return {
    update: (state) => {
      // Before the first step there is nothing to time.
      if (state.total === null || state.stage === null) return;
      if (!bar || stage !== state.stage) {
        bar?.stop();
        stage = state.stage;
        bar = context.output.progress(state.stage, state.total, state.done);
      }
      const eta = state.etaSeconds === null ? '' : `about ${clock(state.etaSeconds)} left`;
      bar.update(state.done, state.lastLoss === null ? eta : `loss ${state.lastLoss.toFixed(4)}`);
    },
    stop: () => bar?.stop(),
  };
}
