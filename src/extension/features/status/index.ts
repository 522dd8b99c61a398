import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { progressOf } from '../../../core/runs/index.ts';
import { MANIFEST_FILE } from '../../../node/runs/layout.ts';
import { isOver } from '../../followRun.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

/**
 * One item in the status bar, while something runs: what, and how far. It also finds runs again that went on while the
 * window was closed or the extension host was gone.
 */
export function registerStatusBar(services: Services): void {
  const item = vscode.window.createStatusBarItem('reflection.runs', vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('Reflection runs');
  item.command = 'reflection.runs.focus';
  let hold: vscode.Disposable | undefined;
  const failures = vscode.languages.createDiagnosticCollection('reflection training');
  const watched = new Set<string>();
  const show = () => {
    const active = services.runs.runs.filter(({ state }) => !isOver(state.status));
    for (const { dir } of active) watched.add(dir);
    for (const run of services.runs.runs) if (watched.has(run.dir)) tellFailure(failures, run);
    const [first] = active;
    if (first === undefined) {
      item.hide();
      hold?.dispose();
      hold = undefined;
      return;
    }
    hold ??= services.runs.hold();
    const { manifest, state } = first;
    const share =
      state.total === null || state.total === 0 ? '' : ` ${Math.floor((100 * state.done) / state.total)} %`;
    const more = active.length > 1 ? ` +${active.length - 1}` : '';
    item.text = `$(sync~spin) ${manifest.title || manifest.kind}${share}${more}`;
    item.tooltip = active
      .map((run) => `${run.manifest.title || run.id}: ${progressOf(run.state)}`)
      .join('\n');
    const isStuck = active.some(({ state: { status } }) => status === 'stalled');
    item.backgroundColor = isStuck ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.accessibilityInformation = { label: item.tooltip };
    item.show();
  };
  services.context.subscriptions.push(item, failures, services.runs.onDidChange(show), {
    dispose: () => hold?.dispose(),
  });
  // Not in the way of activation.
  setTimeout(() => {
    services.runs
      .refresh()
      .catch((thrown: unknown) => services.log.warn(`looking for runs failed: ${messageOf(thrown)}`));
  }, 0);
}

/** A training that failed while this window was open (out of memory, a loss of NaN) is a problem of its manifest. */
function tellFailure(failures: vscode.DiagnosticCollection, { dir, manifest, state }: RunEntry): void {
  if (manifest.kind !== 'train') return;
  const manifestFile = vscode.Uri.file(path.join(dir, MANIFEST_FILE));
  if (state.status !== 'failed' || state.error === null) {
    failures.delete(manifestFile);
    return;
  }
  const top = new vscode.Range(0, 0, 0, 0);
  const diagnostic = new vscode.Diagnostic(top, `${manifest.title || manifest.id}: ${state.error}`);
  diagnostic.source = 'reflection';
  failures.set(manifestFile, [diagnostic]);
}
