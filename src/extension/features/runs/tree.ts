import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { progressOf } from '../../../core/runs/index.ts';
import { isOver } from '../../followRun.ts';
import { holdWhileVisible } from '../../holdWhileVisible.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { itemOf, type Row, runRow, solutionRows } from './rows.ts';

/** The Runs tree: newest first, the one number that matters beside each. */
export function registerRunsTree(services: Services): vscode.TreeView<Row> {
  const changed = new vscode.EventEmitter<void>();
  const headlines = headlineCache(services, () => changed.fire());
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (row) => itemOf(row, headlines),
    getChildren: (row) => children(services, row),
  };
  const view = vscode.window.createTreeView('reflection.runs', {
    treeDataProvider: provider,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const showActive = () => {
    const active = services.runs.runs.filter(({ state }) => !isOver(state.status)).length;
    view.badge = active === 0 ? undefined : { value: active, tooltip: vscode.l10n.t('{0} running', active) };
  };
  services.context.subscriptions.push(
    changed,
    view,
    holdWhileVisible(services, view),
    services.runs.onDidChange(() => {
      showActive();
      changed.fire();
    }),
  );
  return view;
}

async function children(services: Services, row: Row | undefined): Promise<Row[]> {
  if (row === undefined) {
    const { runs, faults } = services.runs;
    return [...runs.map(runRow), ...faults.map((fault): Row => ({ row: 'fault', fault }))];
  }
  if (row.row !== 'run' && row.row !== 'problem') return [];
  try {
    if (row.row === 'run') return await runChildren(services, row.entry, row.run);
    const part = await services.runs.samples.part(row.entry, { problemId: row.tally.problemId });
    return solutionRows(row, part);
  } catch (thrown) {
    return [{ row: 'note', text: messageOf(thrown) }];
  }
}

async function runChildren(
  services: Services,
  entry: RunEntry,
  run: { folder: string; id: string },
): Promise<Row[]> {
  if (entry.manifest.kind === 'train') {
    const { checkpoints } = entry.state;
    const texts = checkpoints.map(({ step, gguf }) =>
      gguf ? vscode.l10n.t('step {0}', step) : vscode.l10n.t('step {0} (no GGUF)', step),
    );
    return (texts.length > 0 ? texts : [vscode.l10n.t('No checkpoint yet')]).map(
      (text): Row => ({ row: 'note', text }),
    );
  }
  const tallies = await services.runs.samples.tallies(entry);
  const rows = tallies.problems.map((tally): Row => ({ row: 'problem', run, entry, tally }));
  const faults = tallies.faults.map(
    ({ file, line, message }): Row => ({
      row: 'note',
      text: `${file.split(/[\\/]/).at(-1)}:${line}: ${message}`,
    }),
  );
  return rows.length + faults.length === 0
    ? [{ row: 'note', text: vscode.l10n.t('No samples yet') }]
    : [...rows, ...faults];
}

/** Headlines that are known now; one that is not is measured, and the tree drawn again when it is there. */
function headlineCache(services: Services, arrived: () => void): (run: RunEntry) => string {
  const known = new Map<string, { revision: string; text: string }>();
  const asked = new Set<string>();
  return (run) => {
    if (!isOver(run.state.status)) return progressOf(run.state);
    const found = known.get(run.dir);
    const key = `${run.dir} ${run.revision}`;
    if (found?.revision !== run.revision && !asked.has(key)) {
      asked.add(key);
      runHeadline(services, run).then(
        (text) => {
          known.set(run.dir, { revision: run.revision, text });
          arrived();
        },
        (thrown: unknown) => services.log.warn(`${run.id} could not be measured: ${messageOf(thrown)}`),
      );
    }
    return found?.text ?? progressOf(run.state);
  };
}
