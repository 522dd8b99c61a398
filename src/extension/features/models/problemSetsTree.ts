import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { findProblemFiles, problemFileNames, SKIPPED_FOLDERS } from '../../findProblemFiles.ts';
import { isOver } from '../../followRun.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { Services } from '../../services.ts';

/** A problem file. Carries the field that commands read (`Target`). */
interface SetRow {
  readonly file: string;
}

/** The Problem Sets tree: the problem files of the workspace, each with how its newest evaluation came out. */
export function registerProblemSetsTree(services: Services): void {
  const changed = new vscode.EventEmitter<void>();
  const watcher = vscode.workspace.createFileSystemWatcher(problemFileNames());
  const refresh = () => changed.fire();
  // The files are looked into again when one of them changes, not with every sample of a run.
  let rows: Promise<SetRow[]> | undefined;
  const lookAgain = () => {
    rows = undefined;
    refresh();
  };
  const lookAgainFor = ({ path: file }: vscode.Uri) => {
    if (!SKIPPED_FOLDERS.some((folder) => file.includes(`/${folder}/`))) lookAgain();
  };
  const view = vscode.window.createTreeView<SetRow>('reflection.problemSets', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (row) => itemOf(services, row),
      getChildren: (row) => {
        rows ??= setRows();
        return row === undefined ? rows : [];
      },
    },
    canSelectMany: true,
  });
  services.context.subscriptions.push(
    changed,
    watcher,
    view,
    watcher.onDidCreate(lookAgainFor),
    watcher.onDidChange(lookAgainFor),
    watcher.onDidDelete(lookAgainFor),
    vscode.workspace.onDidChangeWorkspaceFolders(lookAgain),
    holdWhileVisible(services, view),
    services.runs.onDidChange(refresh),
  );
}

async function setRows(): Promise<SetRow[]> {
  const files = (await findProblemFiles()).map(({ fsPath }) => fsPath);
  return files.sort((a, b) => a.localeCompare(b)).map((file) => ({ file }));
}

async function itemOf(services: Services, { file }: SetRow): Promise<vscode.TreeItem> {
  const item = new vscode.TreeItem(path.basename(file));
  item.id = file;
  item.resourceUri = vscode.Uri.file(file);
  item.iconPath = new vscode.ThemeIcon('list-ordered');
  item.contextValue = 'problems';
  item.tooltip = file;
  const folder = path.dirname(vscode.workspace.asRelativePath(file, false));
  const place = folder === '.' ? [] : [folder];
  item.description = [vscode.l10n.t('not evaluated yet'), ...place].join(' · ');
  const newest = services.runs.runs.find(
    ({ manifest, state }) =>
      manifest.kind === 'evaluate' && manifest.problemSet?.path === file && isOver(state.status),
  );
  if (newest !== undefined) {
    const headline = await runHeadline(services, newest).catch((thrown: unknown) => messageOf(thrown));
    item.description = [headline, ...place].join(' · ');
    item.tooltip = `${file}\n${newest.manifest.title}: ${headline}`;
  }
  if (!file.endsWith('.parquet'))
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [item.resourceUri] };
  return item;
}
