import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { type SavedComparison, savedComparisonSchema } from '../../../core/protocol/compare.ts';
import { askRuns } from '../../ask/askRun.ts';
import type { Handlers } from '../../commands.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { type Target, targetsOf } from '../../target.ts';
import { showComparison } from './panel.ts';

/** Shows a panel again that was open before a reload of the window. */
export function restorePanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const saved = savedComparisonSchema.safeParse(state);
  // A panel without names, from a crash before its first message, has nothing to show again.
  if (!saved.success) panel.dispose();
  else showComparison(services, saved.data, panel);
}

export function compareHandlers(services: Services): Handlers<'reflection.compare'> {
  return {
    'reflection.compare': async (...parameters) => {
      const names = await comparedNames(services, targetsOf(parameters));
      showComparison(services, names);
      return names;
    },
  };
}

async function comparedNames(services: Services, targets: readonly Target[]): Promise<SavedComparison> {
  await services.runs.refresh();
  const named = targets.flatMap((target) => runOfTarget(services, target));
  const runs = named.length >= 2 ? named : await ask(services);
  const [first] = runs;
  if (first === undefined || runs.length < 2) {
    throw new UserError('one-run', vscode.l10n.t('A comparison needs at least two runs.'), {
      remedy: vscode.l10n.t('Choose the baseline and one or more others.'),
    });
  }
  if (runs.some(({ folder }) => folder !== first.folder)) {
    throw new UserError('two-folders', vscode.l10n.t('The runs lie in different workspace folders.'), {
      remedy: vscode.l10n.t('Compare runs of one folder.'),
    });
  }
  // The oldest is what the others are compared with: bases are evaluated before what is trained from them.
  const oldestFirst = [...runs].sort((a, b) => a.manifest.createdAt.localeCompare(b.manifest.createdAt));
  return {
    folder: first.folder.uri.toString(),
    runs: oldestFirst.map(({ id }) => id),
    baseline: oldestFirst[0]?.id ?? first.id,
  };
}

/** The run of a row; of a checkpoint, its newest evaluation. */
function runOfTarget(services: Services, { run, checkpoint }: Target): RunEntry[] {
  if (checkpoint !== undefined) {
    const evaluation = services.runs.runs.find(
      ({ manifest }) => manifest.kind === 'evaluate' && manifest.model?.path.startsWith(checkpoint),
    );
    if (evaluation !== undefined) return [evaluation];
    throw new UserError('not-evaluated', vscode.l10n.t('This checkpoint was not evaluated yet.'), {
      remedy: vscode.l10n.t('Evaluate it first: the button beside it in the Checkpoints view.'),
    });
  }
  const entry = run && services.runs.find(vscode.Uri.parse(run.folder), run.id);
  return entry !== undefined && entry.manifest.kind !== 'train' ? [entry] : [];
}

function ask(services: Services): Promise<RunEntry[]> {
  return askRuns(services, {
    title: vscode.l10n.t('Compare Checkpoints'),
    placeHolder: vscode.l10n.t('Two or more runs; the oldest becomes the baseline'),
    fits: ({ manifest }) => manifest.kind !== 'train',
    none: vscode.l10n.t('There is nothing to compare yet.'),
    remedy: vscode.l10n.t('Evaluate two models or checkpoints on the same problem file first.'),
  });
}
