import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { clock } from '../core/clock.ts';
import type { RunKind } from '../core/schema/common.ts';
import { newRunId, runsRoot } from '../node/runs/layout.ts';
import { launchCommand, type Outcome } from './launch.ts';
import { showInformation, showWarning, withNotification } from './messages.ts';
import { openPlace } from './openPlace.ts';
import type { RunEntry } from './runStore.ts';
import { requireTrust, type Services } from './services.ts';
import { setting } from './settings.ts';
import { rememberStarted } from './startedRuns.ts';

export interface StartRequest {
  readonly kind: Exclude<RunKind, 'train'>;
  readonly folder: vscode.WorkspaceFolder;
  /** Shown while it runs and used in the directory's name, such as `nano on demo-5`. */
  readonly title: string;
  /** Arguments of the command line, without the run directory. */
  readonly parameters: readonly string[];
  /** An existing run that is gone on with. */
  readonly resume?: RunEntry;
}

export interface FinishedRun {
  readonly run: RunEntry;
  readonly outcome: Outcome;
}

/**
 * Runs a command to its end, with a notification that counts the samples and can cancel. The command itself does not
 * need us: what it has finished is on disk, it goes on when the window closes, and the next window takes it up.
 */
export async function startRun(services: Services, request: StartRequest): Promise<FinishedRun> {
  const { folder, resume } = request;
  requireTrust(vscode.l10n.t('Running a model'));
  const dir = resume?.dir ?? (await newDirectory(folder, request));
  const parameters = [
    ...request.parameters,
    ...(resume === undefined ? ['--title', request.title, '--run-dir', dir] : []),
    // The text of one sample, for whoever watches; on stderr it could be taken for the command's own words.
    ...(setting('reflection.liveText', folder.uri) ? ['--live', '--quiet'] : []),
    '--json',
  ];
  const hold = services.runs.hold();
  const started = rememberStarted(services, dir);
  try {
    const launched = await launchCommand(services, folder, parameters);
    const outcome = await showProgress(services, request.title, dir, launched);
    showWarnings(await launched.warnings, launched.logFile);
    await services.runs.refresh();
    const run = services.runs.runs.find((entry) => entry.dir === dir);
    if (run === undefined) throw new Error(`The command ended, but ${dir} holds no run.`);
    return { run, outcome };
  } finally {
    started.dispose();
    hold.dispose();
  }
}

/** Rows that were left out and the like: told once, with all of them a click away. */
function showWarnings(warnings: readonly string[], logFile: string): void {
  const [first] = warnings;
  if (first === undefined) return;
  const text =
    warnings.length === 1 ? first : vscode.l10n.t('{0} (and {1} more)', first, warnings.length - 1);
  void showWarning(text, vscode.l10n.t('Show All')).then((chosen) =>
    chosen === undefined ? undefined : openPlace(logFile),
  );
}

async function newDirectory(folder: vscode.WorkspaceFolder, { kind, title }: StartRequest): Promise<string> {
  const root = runsRoot(folder.uri.fsPath);
  await mkdir(root, { recursive: true });
  return path.join(root, newRunId(new Date(), kind, title));
}

/** A notification that counts the samples of a run until its work has ended, and can stop it. */
export function showProgress<T>(
  services: Services,
  title: string,
  dir: string,
  work: { readonly ended: Promise<T>; stop(): void },
): Promise<T> {
  return withNotification({ title, cancellable: true }, async (progress, token) => {
    let percent = 0;
    const report = () => {
      const run = services.runs.runs.find((entry) => entry.dir === dir);
      const state = run?.state;
      if (state === undefined || state.total === null || state.total === 0) {
        progress.report({ message: vscode.l10n.t('loading the model') });
        return;
      }
      const now = (100 * state.done) / state.total;
      const { done, total, etaSeconds } = state;
      const stage = state.stage ?? '';
      progress.report({
        message:
          etaSeconds === null
            ? vscode.l10n.t('{0} of {1} {2}', done, total, stage)
            : vscode.l10n.t('{0} of {1} {2}, {3} left', done, total, stage, clock(etaSeconds)),
        increment: now - percent,
      });
      percent = now;
    };
    report();
    const subscription = services.runs.onDidChange(report);
    token.onCancellationRequested(() => {
      progress.report({ message: vscode.l10n.t('stopping: finished samples are kept') });
      subscription.dispose();
      work.stop();
    });
    try {
      return await work.ended;
    } finally {
      subscription.dispose();
    }
  });
}

/** Tells how a run ended and offers what comes next. Does not wait for the answer. */
export function announce(
  message: string,
  actions: Readonly<Record<string, () => unknown>>,
  outcome: Outcome,
): void {
  const names = Object.keys(actions);
  const show =
    outcome === 'withFailedSamples'
      ? showWarning(
          vscode.l10n.t('{0} Some samples failed: resume the run to try them again.', message),
          ...names,
        )
      : showInformation(message, ...names);
  void show.then((chosen) => (chosen === undefined ? undefined : actions[chosen]?.()));
}
