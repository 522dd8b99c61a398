import * as vscode from 'vscode';
import { messageOf, UserError } from '../../../core/errors.ts';
import type { CompareHost, CompareState, CompareView } from '../../../core/protocol/compare.ts';
import { createRemote, serve } from '../../../core/rpc.ts';
import { COMPARE_PANEL } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { setPage, webviewPort, webviewRoot } from '../../webviewPage.ts';
import { readComparison } from './comparison.ts';
import { openPair } from './pair.ts';

/** What a panel shows; small enough for VS Code to keep it across a reload. */
export interface ComparedNames {
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly runs: readonly string[];
  readonly baseline: string;
}

/** Shows a comparison in a new panel, or in one that VS Code restores. */
export async function showComparison(
  services: Services,
  names: ComparedNames,
  restored?: vscode.WebviewPanel,
): Promise<void> {
  const panel =
    restored ??
    vscode.window.createWebviewPanel(COMPARE_PANEL, 'Compare', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [webviewRoot(services.context.extensionUri)],
    });
  panel.iconPath = vscode.Uri.joinPath(services.context.extensionUri, 'media', 'icons', 'reflection.svg');
  const parts = connect(services, panel, names);
  setPage(panel.webview, services.context.extensionUri, 'compare');
  panel.onDidDispose(() => vscode.Disposable.from(...parts).dispose());
}

function connect(services: Services, panel: vscode.WebviewPanel, names: ComparedNames): vscode.Disposable[] {
  const port = webviewPort(panel.webview);
  const connection = createRemote<CompareView>(port);
  const hold = services.runs.hold();
  let shown: CompareState = { status: 'loading', what: 'Reading the runs' };
  let baseline = names.baseline;
  let revision = '';
  let round = 0;

  const show = (state: CompareState) => {
    shown = state;
    connection.remote.update(state).catch((thrown: unknown) => {
      services.log.trace(`the Compare panel is gone: ${messageOf(thrown)}`);
    });
  };
  /** Computes again when a run or the baseline has changed; an older answer that comes late is dropped. */
  const compute = async () => {
    await services.runs.refresh();
    const now = `${baseline} ${revisionOf(services, names)}`;
    if (now === revision) return;
    revision = now;
    const mine = ++round;
    if (shown.status !== 'ready')
      show({ status: 'loading', what: 'Comparing: ten thousand bootstrap draws a metric' });
    const state = await readComparison(services, names, baseline).catch(failed);
    if (mine === round) show(state);
  };
  const update = () => {
    compute().catch((thrown: unknown) => show(failed(thrown)));
  };
  const host: CompareHost = {
    ready() {
      update();
      return { state: shown, saved: { ...names, runs: [...names.runs], baseline } };
    },
    setBaseline(run) {
      if (!names.runs.includes(run)) throw unknownRun();
      baseline = run;
      update();
    },
    openPair: (other, problemId, index) => openPair(services, { names, baseline, other, problemId, index }),
    async copyCommand() {
      const others = names.runs.filter((run) => run !== baseline);
      await vscode.env.clipboard.writeText(`reflection compare ${[baseline, ...others].join(' ')}`);
    },
  };
  return [
    hold,
    services.runs.onDidChange(update),
    { dispose: serve(port, host) },
    { dispose: () => connection.dispose() },
  ];
}

function revisionOf(services: Services, names: ComparedNames): string {
  return names.runs
    .map((id) => services.runs.find(vscode.Uri.parse(names.folder), id)?.revision ?? 'gone')
    .join('\n');
}

function failed(thrown: unknown): CompareState {
  const remedy = thrown instanceof UserError ? thrown.remedy : 'Close the panel and compare again.';
  return { status: 'failed', message: messageOf(thrown), remedy };
}

function unknownRun(): UserError {
  return new UserError('run-unknown', 'This run is not part of the comparison.', {
    remedy: 'Open it again.',
  });
}
