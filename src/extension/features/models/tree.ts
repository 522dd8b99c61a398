import * as vscode from 'vscode';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import { onDidChooseModel } from '../../modelInUse.ts';
import type { Services } from '../../services.ts';
import type { ModelRow } from './modelRows.ts';
import { ServerStates } from './serverStates.ts';

export interface ModelsTree {
  readonly servers: ServerStates;
  refresh(): void;
}

/** The Models tree: the built-in one and those of `reflection.json`; checkpoints have a tree of their own. */
export function registerModelsTree(services: Services): ModelsTree {
  const changed = new vscode.EventEmitter<void>();
  const servers = new ServerStates();
  const watcher = vscode.workspace.createFileSystemWatcher('**/reflection.json');
  const refresh = () => changed.fire();
  const view = vscode.window.createTreeView<ModelRow>('reflection.models', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: itemOf,
      getChildren: async (row) =>
        row === undefined ? (await import('./modelRows.ts')).modelRows(services, servers) : [],
    },
  });
  services.context.subscriptions.push(
    changed,
    servers,
    watcher,
    view,
    watcher.onDidChange(refresh),
    watcher.onDidCreate(refresh),
    watcher.onDidDelete(refresh),
    onDidChooseModel(refresh),
    holdWhileVisible(services, view),
    services.runs.onDidChange(refresh),
    servers.onDidChange(refresh),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
  );
  return { servers, refresh };
}

function itemOf(row: ModelRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.model);
  item.id = row.model;
  item.description = row.description;
  item.tooltip = row.tooltip;
  item.iconPath = new vscode.ThemeIcon(row.icon, colourOf(row));
  item.contextValue = row.context;
  item.accessibilityInformation = { label: `${row.model}, ${row.description}` };
  if (row.context === 'fault') {
    item.command = { command: 'reflection.openConfiguration', title: vscode.l10n.t('Open reflection.json') };
  }
  return item;
}

function colourOf({ isFaulty, isInUse }: ModelRow): vscode.ThemeColor | undefined {
  if (isFaulty) return new vscode.ThemeColor('list.warningForeground');
  return isInUse ? new vscode.ThemeColor('testing.iconPassed') : undefined;
}
