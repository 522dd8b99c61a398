/** Runs that outlived their window, or its extension host: shown as if nothing had happened, and their end is told. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { progressOf } from '../../../core/runs/index.ts';
import { isOver } from '../../followRun.ts';
import { launchCommand, type Outcome } from '../../launch.ts';
import { showWarning } from '../../messages.ts';
import { announceEnd, resumeAction } from '../../runEnd.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { showError } from '../../showError.ts';
import { forgetStarted, startedRuns } from '../../startedRuns.ts';
import { showProgress } from '../../startRun.ts';

/** A command that had only just been started may not have written its run yet. */
const APPEARS_WITHIN_MS = 60_000;

export async function takeUpStartedRuns(services: Services): Promise<void> {
  const hold = services.runs.hold();
  try {
    await Promise.all(startedRuns(services).map((dir) => takeUp(services, dir)));
  } finally {
    hold.dispose();
  }
}

async function takeUp(services: Services, dir: string): Promise<void> {
  try {
    const found = await whenFound(services, dir);
    if (found === undefined || found.state.status === 'empty') return;
    const title = found.manifest.title || found.id;
    const run = isOver(found.state.status)
      ? found
      : await showProgress(services, title, dir, {
          ended: whenOver(services, dir),
          stop: () => void stop(services, found),
        });
    if (run !== undefined) await tellEnd(services, run, title);
  } catch (thrown) {
    services.log.warn(`${dir} could not be taken up again: ${messageOf(thrown)}`);
  } finally {
    forgetStarted(services, dir);
  }
}

/** As soon as it has started. Undefined when it was never written, or has been deleted since. */
async function whenFound(services: Services, dir: string): Promise<RunEntry | undefined> {
  await services.runs.refresh();
  const limit = AbortSignal.timeout(APPEARS_WITHIN_MS);
  return settled(
    services,
    (run) => limit.aborted || (run !== undefined && run.state.status !== 'empty'),
    dir,
    limit,
  );
}

/** Undefined when its directory was deleted. */
function whenOver(services: Services, dir: string): Promise<RunEntry | undefined> {
  return settled(services, (run) => run === undefined || isOver(run.state.status), dir);
}

/** The run as it is when the check holds: asked now, and whenever a run changes. */
function settled(
  { runs }: Services,
  check: (run: RunEntry | undefined) => boolean,
  dir: string,
  limit?: AbortSignal,
): Promise<RunEntry | undefined> {
  const { promise, resolve } = Promise.withResolvers<RunEntry | undefined>();
  const ask = () => {
    const run = runs.runs.find((entry) => entry.dir === dir);
    if (check(run)) resolve(run);
  };
  const subscription = runs.onDidChange(ask);
  limit?.addEventListener('abort', ask);
  ask();
  return promise.finally(() => {
    subscription.dispose();
    limit?.removeEventListener('abort', ask);
  });
}

/** As a terminal would: the process is no child of this extension host. */
async function stop(services: Services, run: RunEntry): Promise<void> {
  try {
    const { ended } = await launchCommand(services, run.folder, ['stop', run.dir, '--json']);
    await ended;
  } catch (thrown) {
    await showError(services.log, thrown);
  }
}

async function tellEnd(services: Services, run: RunEntry, title: string): Promise<void> {
  const { status, failed } = run.state;
  if (status === 'failed' || status === 'lost') {
    tellLoss(run, title);
    return;
  }
  const finished: Outcome = failed > 0 ? 'withFailedSamples' : 'done';
  await announceEnd(services, { run, outcome: status === 'done' ? finished : 'interrupted' });
}

function tellLoss(run: RunEntry, title: string): void {
  const far = progressOf(run.state);
  const text =
    run.state.status === 'lost'
      ? vscode.l10n.t(
          '{0}: its process is gone ({1}). What was finished is kept, and resuming goes on from there.',
          title,
          far,
        )
      : `${title}: ${far}`;
  const actions = resumeAction(run);
  void showWarning(text, ...Object.keys(actions)).then((chosen) =>
    chosen === undefined ? undefined : actions[chosen]?.(),
  );
}
