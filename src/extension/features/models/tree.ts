import * as vscode from 'vscode';
import { onDidChooseModel } from '../../modelInUse.ts';
import type { Services } from '../../services.ts';
import type { ModelRow } from './modelRows.ts';

/** The Models tree: the built-in one and those of `reflection.json`; checkpoints have a tree of their own. */
export function registerModelsTree(services: Services): () => void {
  const changed = new vscode.EventEmitter<void>();
  const watcher = vscode.workspace.createFileSystemWatcher('**/reflection.json');
  const refresh = () => changed.fire();
  const view = vscode.window.createTreeView<ModelRow>('reflection.models', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: itemOf,
      getChildren: async (row) =>
        row === undefined ? (await import('./modelRows.ts')).modelRows(services) : [],
    },
  });
  services.context.subscriptions.push(
    changed,
    watcher,
    view,
    watcher.onDidChange(refresh),
    watcher.onDidCreate(refresh),
    watcher.onDidDelete(refresh),
    onDidChooseModel(refresh),
  );
  return refresh;
}

function itemOf(row: ModelRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.model);
  item.id = row.model;
  item.description = row.isInUse ? `${row.description} · ${vscode.l10n.t('in use')}` : row.description;
  item.tooltip = row.tooltip;
  item.iconPath = new vscode.ThemeIcon(
    row.icon,
    row.isInUse ? new vscode.ThemeColor('testing.iconPassed') : undefined,
  );
  item.contextValue = row.context;
  item.accessibilityInformation = { label: `${row.model}, ${item.description}` };
  return item;
}
