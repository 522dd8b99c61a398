import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { isOver } from '../../followRun.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import { isProblemFile } from '../../problemFiles.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { Services } from '../../services.ts';

/** A problem file. Carries the field that commands read (`Target`). */
interface SetRow {
  readonly file: string;
}

const FOUND = '**/*.{jsonl,ndjson,csv,parquet,json,problem.md}';
const SKIPPED = '**/{node_modules,.reflection,.git,.venv}/**';
/** The same folders: a run that is written changes its lines every second. */
const ELSEWHERE = /\/(?:node_modules|\.reflection|\.git|\.venv)\//;
const FILES_AT_MOST = 200;

/** The Problem Sets tree: the problem files of the workspace, each with how its newest evaluation came out. */
export function registerProblemSetsTree(services: Services): void {
  const changed = new vscode.EventEmitter<void>();
  const watcher = vscode.workspace.createFileSystemWatcher(FOUND);
  const refresh = () => changed.fire();
  // The files are looked into again when one of them changes, not with every sample of a run.
  let rows: Promise<SetRow[]> | undefined;
  const lookAgain = () => {
    rows = undefined;
    refresh();
  };
  const lookAgainFor = ({ path: file }: vscode.Uri) => {
    if (!ELSEWHERE.test(file)) lookAgain();
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
  const found = await vscode.workspace.findFiles(FOUND, SKIPPED, FILES_AT_MOST);
  const rows: SetRow[] = [];
  for (const { fsPath } of found.sort((a, b) => a.fsPath.localeCompare(b.fsPath)))
    if (await isProblemFile(fsPath)) rows.push({ file: fsPath });
  return rows;
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
