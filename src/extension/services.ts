import * as vscode from 'vscode';
import { UserError } from '../core/errors.ts';
import type { Remote } from '../core/rpc.ts';
import { type Comparer, type ComparerThread, startComparer } from '../node/comparison/client.ts';
import { ProblemDocuments } from './problemDocuments.ts';
import { RunSamples } from './runSamples.ts';
import { RunStore } from './runStore.ts';

/** What every feature gets. Features do not know each other: they meet here, or in core. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly runs: RunStore;
  readonly problems: ProblemDocuments;
  /** Measures and compares runs in a thread of its own, which is started when it is first asked. */
  comparer(): Remote<Comparer>;
  /** Follows training runs for their dashboards: a thread that is never busy comparing. */
  watcher(): Remote<Comparer>;
  /** Reads parts of large runs: a transcript does not wait for a comparison. */
  reader(): Remote<Comparer>;
}

export function createServices(context: vscode.ExtensionContext): Services {
  const log = vscode.window.createOutputChannel('Reflection', { log: true });
  const [comparer, watcher, reader] = [lazyThread(context), lazyThread(context), lazyThread(context)];
  const runs = new RunStore(log, new RunSamples(reader));
  const problems = new ProblemDocuments();
  context.subscriptions.push(log, runs, problems);
  return { context, log, runs, problems, comparer, watcher, reader };
}

/** A comparing thread that starts when it is first asked, and again after it has died. */
function lazyThread(context: vscode.ExtensionContext): () => Remote<Comparer> {
  let thread: ComparerThread | undefined;
  const file = vscode.Uri.joinPath(context.extensionUri, 'dist', 'comparison.mjs').fsPath;
  context.subscriptions.push({ dispose: () => thread?.dispose() });
  return () => {
    thread ??= startComparer(file, () => {
      thread = undefined;
    });
    return thread.remote;
  };
}

/** Throws where nothing may be started. `what` ends the sentence "... needs a trusted workspace". */
export function requireTrust(what: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    'untrusted',
    vscode.l10n.t('{0} needs a trusted workspace: it starts a program on this machine.', what),
    {
      remedy: vscode.l10n.t('Trust the folder, then try again.'),
    },
  );
}

/** The folder of a file, the only folder, or the one of the active editor. */
export function workspaceFolder(uri?: vscode.Uri): vscode.WorkspaceFolder {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const active = uri ?? vscode.window.activeTextEditor?.document.uri;
  const folder = (active && vscode.workspace.getWorkspaceFolder(active)) ?? folders[0];
  if (folder !== undefined && folder.uri.scheme === 'file') return folder;
  throw new UserError('no-folder', vscode.l10n.t('Runs are kept in a folder, and none is open.'), {
    remedy: vscode.l10n.t('Open a folder first: File > Open Folder.'),
  });
}
