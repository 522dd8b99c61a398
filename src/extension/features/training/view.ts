import * as vscode from 'vscode';
import { messageOf, UserError } from '../../../core/errors.ts';
import {
  type TrainingHost,
  type TrainingState,
  type TrainingView,
  trainingUpdate,
} from '../../../core/protocol/training.ts';
import { trainingRow } from '../../../core/protocol/trainingRow.ts';
import { createRemote, serve } from '../../../core/rpc.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { setPage, webviewPort } from '../../webviewPage.ts';

/** Updates a second at most: a curve that moves faster cannot be read. */
const UPDATE_MS = 100;

/** The Training view of the side bar. The host owns the state; the view asks for all of it and then gets changes. */
export function registerTrainingView(services: Services): vscode.Disposable {
  return vscode.window.registerWebviewViewProvider('reflection.training', {
    resolveWebviewView(view) {
      const { disposables, ready } = connect(services, view);
      setPage(view.webview, services.context.extensionUri, 'training');
      view.onDidDispose(() => vscode.Disposable.from(...disposables).dispose());
      ready();
    },
  });
}

function connect(services: Services, view: vscode.WebviewView) {
  const port = webviewPort(view.webview);
  const connection = createRemote<TrainingView>(port);
  let sent: TrainingState | undefined;
  let timer: NodeJS.Timeout | undefined;

  const send = () => {
    timer = undefined;
    if (sent === undefined) return;
    const now = stateOf(services);
    const update = trainingUpdate(sent, now);
    sent = now;
    if (update === null) return;
    connection.remote.update(update).catch((thrown: unknown) => {
      services.log.trace(`the Training view is gone: ${messageOf(thrown)}`);
    });
  };
  const schedule = () => {
    timer ??= setTimeout(send, UPDATE_MS);
  };
  const host: TrainingHost = {
    async ready() {
      await services.runs.refresh();
      sent = stateOf(services);
      return sent;
    },
    stop: (id) => runCommand('reflection.stopRun', services, id),
    resume: (id) => runCommand('reflection.resumeRun', services, id),
    open: (id) => runCommand('reflection.showTraining', services, id),
    start: async () => {
      await vscode.commands.executeCommand('reflection.train');
    },
  };
  const disposables = [
    holdWhileVisible(services, view),
    services.runs.onDidChange(schedule),
    vscode.workspace.onDidGrantWorkspaceTrust(schedule),
    { dispose: serve(port, host) },
    { dispose: () => connection.dispose() },
    { dispose: () => clearTimeout(timer) },
  ];
  return { disposables, ready: schedule };
}

function stateOf(services: Services): TrainingState {
  const runs = services.runs.runs.filter(({ manifest }) => manifest.kind === 'train');
  return {
    rows: runs.map(({ manifest, state }) => trainingRow(manifest, state, Date.now() / 1000)),
    trusted: vscode.workspace.isTrusted,
  };
}

/** The page is not trusted: an id counts only when it names a training run that we know. */
function training(services: Services, id: unknown): RunEntry {
  const run = services.runs.runs.find((entry) => entry.manifest.kind === 'train' && entry.id === id);
  if (run !== undefined) return run;
  throw new UserError('run-gone', vscode.l10n.t('This run is not there any more.'), {
    remedy: vscode.l10n.t('Refresh the view.'),
  });
}

async function runCommand(command: string, services: Services, id: unknown): Promise<void> {
  const run = training(services, id);
  await vscode.commands.executeCommand(command, { run: { folder: run.folder.uri.toString(), id: run.id } });
}
