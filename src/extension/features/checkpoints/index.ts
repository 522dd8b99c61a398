import path from 'node:path';
import * as vscode from 'vscode';
import { completeCheckpoints } from '../../../node/workspace/index.ts';
import { isOver } from '../../followRun.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

/** A complete checkpoint of a training run. Carries the fields that commands read (`Target`). */
interface CheckpointRow {
  readonly checkpoint: string;
  readonly run: { readonly folder: string; readonly id: string };
  readonly entry: RunEntry;
  readonly step: number;
  readonly hasGguf: boolean;
  readonly trainedFrom: string;
  /** The newest evaluation of this checkpoint. */
  readonly evaluation: RunEntry | undefined;
}

/** The Checkpoints tree: what training wrote, and how good it turned out to be. */
export function registerCheckpoints(services: Services): void {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.TreeDataProvider<CheckpointRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (row) => itemOf(services, row),
    getChildren: (row) => (row === undefined ? checkpointRows(services) : []),
  };
  const view = vscode.window.createTreeView('reflection.checkpoints', {
    treeDataProvider: provider,
    canSelectMany: true,
  });
  services.context.subscriptions.push(
    changed,
    view,
    holdWhileVisible(services, view),
    services.runs.onDidChange(() => changed.fire()),
  );
}

async function checkpointRows(services: Services): Promise<CheckpointRow[]> {
  const trainings = services.runs.runs.filter(({ manifest }) => manifest.kind === 'train');
  const rows = await Promise.all(
    trainings.map(async (entry) =>
      (await completeCheckpoints(entry.dir)).map(({ dir, mark }): CheckpointRow => {
        return {
          checkpoint: dir,
          run: { folder: entry.folder.uri.toString(), id: entry.id },
          entry,
          step: mark.step,
          hasGguf: mark.gguf !== null,
          trainedFrom: mark.trainedFrom,
          evaluation: evaluationOf(services, dir),
        };
      }),
    ),
  );
  return rows.flat();
}

function evaluationOf(services: Services, checkpointDir: string): RunEntry | undefined {
  return services.runs.runs.find(
    ({ manifest, state }) =>
      manifest.kind === 'evaluate' &&
      isOver(state.status) &&
      manifest.model !== undefined &&
      path.dirname(manifest.model.path) === checkpointDir,
  );
}

async function itemOf(services: Services, row: CheckpointRow): Promise<vscode.TreeItem> {
  const item = new vscode.TreeItem(`${row.entry.manifest.title || row.entry.id} · step ${row.step}`);
  item.id = row.checkpoint;
  item.iconPath = new vscode.ThemeIcon('save');
  item.contextValue = 'checkpoint';
  item.description =
    row.evaluation === undefined
      ? row.hasGguf
        ? 'not evaluated yet'
        : 'no GGUF'
      : await runHeadline(services, row.evaluation).catch(() => 'could not be measured');
  item.tooltip = `${row.checkpoint}\ntrained from ${row.trainedFrom}`;
  return item;
}
