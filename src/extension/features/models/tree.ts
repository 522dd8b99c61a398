import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { NANO, readWorkspace } from '../../../node/workspace/index.ts';
import { apiKeyNames, hasApiKey } from '../../apiKeys.ts';
import { modelInUse, onDidChooseModel } from '../../modelInUse.ts';
import type { Services } from '../../services.ts';

/** A model that commands can be given. Carries the fields that commands read (`Target`). */
interface ModelRow {
  readonly model: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  readonly context: string;
  readonly isInUse: boolean;
}

/** The Models tree: the built-in one and those of `reflection.json`; checkpoints have a tree of their own. */
export function registerModelsTree(services: Services): () => void {
  const changed = new vscode.EventEmitter<void>();
  const watcher = vscode.workspace.createFileSystemWatcher('**/reflection.json');
  const refresh = () => changed.fire();
  const view = vscode.window.createTreeView<ModelRow>('reflection.models', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: itemOf,
      getChildren: (row) => (row === undefined ? modelRows(services) : []),
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

async function modelRows(services: Services): Promise<ModelRow[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined || folder.uri.scheme !== 'file') return [];
  const used = modelInUse(services, folder);
  const builtIn: ModelRow = {
    model: NANO,
    description: vscode.l10n.t('built in'),
    tooltip: vscode.l10n.t('0.9 M parameters, for trying things out: no GPU, account or download.'),
    icon: 'package',
    context: 'model',
    isInUse: used === NANO,
  };
  try {
    const { config, dir } = await readWorkspace(folder.uri.fsPath);
    const keys = await apiKeyNames(folder.uri.fsPath);
    const rows = await Promise.all(
      Object.entries(config.models).map(async ([name, model]): Promise<ModelRow> => {
        const isInUse = used === name;
        if (model.engine === 'llama') {
          const file = path.resolve(dir, model.path);
          const size = await stat(file).then(
            (entry) => `${(entry.size / 1e9).toFixed(2)} GB`,
            () => vscode.l10n.t('file is missing'),
          );
          return {
            model: name,
            description: size,
            tooltip: file,
            icon: 'file-binary',
            context: 'model',
            isInUse,
          };
        }
        const { origin } = new URL(model.baseUrl);
        const key = keys.find((one) => one.variable === model.apiKeyEnv && one.origin === origin);
        const isMissing = key !== undefined && !(await hasApiKey(services, key));
        return {
          model: name,
          description: isMissing ? vscode.l10n.t('key is not set') : origin,
          tooltip: `${model.model}\n${model.baseUrl}`,
          icon: isMissing ? 'key' : 'server',
          context: key === undefined ? 'model' : 'model key',
          isInUse,
        };
      }),
    );
    return [builtIn, ...rows];
  } catch (thrown) {
    services.log.warn(`reflection.json could not be read: ${messageOf(thrown)}`);
    const fault = { ...builtIn, model: 'reflection.json', description: messageOf(thrown), isInUse: false };
    return [builtIn, { ...fault, icon: 'warning', tooltip: messageOf(thrown), context: 'fault' }];
  }
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
