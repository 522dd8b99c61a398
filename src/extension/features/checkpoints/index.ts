import path from 'node:path';
import * as vscode from 'vscode';
import { evaluationOf } from '../../checkpointEvaluation.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import { modelTitle } from '../../modelTitle.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

/** A complete checkpoint of a training run. Carries the fields that commands read (`Target`). */
interface CheckpointRow {
  readonly row: 'checkpoint';
  readonly checkpoint: string;
  readonly run: { readonly folder: string; readonly id: string };
  readonly entry: RunEntry;
  readonly step: number;
  readonly hasGguf: boolean;
  readonly trainedFrom: string;
  readonly dataSha256: string;
  /** The newest evaluation of this checkpoint. */
  readonly evaluation: RunEntry | undefined;
}

/** A model that was trained from and is no checkpoint of this workspace. */
interface BaseRow {
  readonly row: 'base';
  /** As its checkpoints name it. */
  readonly trainedFrom: string;
  readonly folder: vscode.WorkspaceFolder;
}

type Row = CheckpointRow | BaseRow;

/** The Checkpoints tree: what was trained from what, and how good it turned out to be. */
export function registerCheckpoints(services: Services): void {
  const changed = new vscode.EventEmitter<void>();
  // Read once for all rows that are drawn, and again when a run has changed.
  let all: Promise<CheckpointRow[]> | undefined;
  const rows = () => {
    all ??= checkpointRows(services);
    return all;
  };
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: async (row) =>
      row.row === 'base' ? baseItem(services, row) : checkpointItem(services, row, await rows()),
    getChildren: async (row) => childrenOf(await rows(), row),
  };
  const view = vscode.window.createTreeView('reflection.checkpoints', {
    treeDataProvider: provider,
    canSelectMany: true,
    showCollapseAll: true,
  });
  services.context.subscriptions.push(
    changed,
    view,
    holdWhileVisible(services, view),
    services.runs.onDidChange(() => {
      all = undefined;
      changed.fire();
    }),
  );
}

/** The lineage: base model, its checkpoints, and what was trained from those. */
function childrenOf(all: readonly CheckpointRow[], row: Row | undefined): Row[] {
  const isWithin = (model: string, checkpoint: string) =>
    model === checkpoint || model.startsWith(checkpoint + path.sep);
  const parentOf = ({ trainedFrom }: CheckpointRow) =>
    all.find(({ checkpoint }) => isWithin(trainedFrom, checkpoint));
  if (row?.row === 'checkpoint') return all.filter((one) => parentOf(one)?.checkpoint === row.checkpoint);
  const roots = all.filter((one) => parentOf(one) === undefined);
  if (row !== undefined) return roots.filter(({ trainedFrom }) => trainedFrom === row.trainedFrom);
  const bases = new Map(roots.map(({ trainedFrom, entry }) => [trainedFrom, entry.folder]));
  return [...bases].map(([trainedFrom, folder]) => ({ row: 'base', trainedFrom, folder }));
}

async function checkpointRows(services: Services): Promise<CheckpointRow[]> {
  const trainings = services.runs.runs.filter(({ manifest }) => manifest.kind === 'train');
  if (trainings.length === 0) return [];
  const { completeCheckpoints } = await import('../../../node/workspace/checkpoints.ts');
  const rows = await Promise.all(
    trainings.map(async (entry) =>
      (await completeCheckpoints(entry.dir)).map(({ dir, mark }): CheckpointRow => {
        return {
          row: 'checkpoint',
          checkpoint: dir,
          run: { folder: entry.folder.uri.toString(), id: entry.id },
          entry,
          step: mark.step,
          hasGguf: mark.gguf !== null,
          trainedFrom: path.resolve(entry.folder.uri.fsPath, mark.trainedFrom),
          dataSha256: mark.dataSha256,
          evaluation: evaluationOf(services, dir),
        };
      }),
    ),
  );
  return rows.flat();
}

function baseItem(services: Services, { trainedFrom, folder }: BaseRow): vscode.TreeItem {
  const label = modelTitle(services, folder, trainedFrom);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `base ${folder.uri.toString()} ${trainedFrom}`;
  item.description = vscode.l10n.t('base');
  item.iconPath = new vscode.ThemeIcon('package');
  item.tooltip = trainedFrom;
  item.contextValue = 'base';
  return item;
}

async function checkpointItem(
  services: Services,
  row: CheckpointRow,
  all: readonly CheckpointRow[],
): Promise<vscode.TreeItem> {
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  // What it was trained from stands above it.
  const title = (row.entry.manifest.title || row.entry.id).replace(/ from .*$/, '');
  const label = vscode.l10n.t('{0} · step {1}', title, row.step);
  const hasChildren = childrenOf(all, row).length > 0;
  const item = new vscode.TreeItem(label, hasChildren ? Expanded : None);
  item.id = row.checkpoint;
  item.iconPath = new vscode.ThemeIcon('save');
  item.contextValue = 'checkpoint';
  const worth =
    row.evaluation === undefined
      ? row.hasGguf
        ? vscode.l10n.t('not evaluated yet')
        : vscode.l10n.t('no GGUF')
      : await runHeadline(services, row.evaluation).catch(() => vscode.l10n.t('could not be measured'));
  const data = row.entry.manifest.parents.filter(({ role }) => role === 'data');
  const version = row.dataSha256.slice(0, SHOWN_OF_HASH);
  item.description = [
    worth,
    ...data.map(({ id }) => vscode.l10n.t('data: {0}', dataTitle(services, row.entry, id))),
  ].join(' · ');
  item.tooltip = [
    row.checkpoint,
    vscode.l10n.t('trained from {0}', modelTitle(services, row.entry.folder, row.trainedFrom)),
    ...data.map(({ id }) => vscode.l10n.t('data: {0}, version {1}', id, version)),
  ].join('\n');
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}

/** Of a hash: enough to tell the versions of one file apart. */
const SHOWN_OF_HASH = 12;

/** What people call a dataset: the sampling run that made it, or its file. */
function dataTitle({ runs }: Services, { folder }: RunEntry, file: string): string {
  const full = path.resolve(folder.uri.fsPath, file);
  const made = runs.runs.find(({ dir }) => full.startsWith(dir + path.sep));
  return made?.manifest.title || path.basename(file);
}
