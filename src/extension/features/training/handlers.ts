import * as vscode from 'vscode';
import { type SavedRun, savedRunSchema } from '../../../core/protocol/sampling.ts';
import { runOf } from '../../ask/askRun.ts';
import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { showDashboard } from './dashboard.ts';
import { startTraining } from './start.ts';

/** Shows a panel again that was open before a reload of the window. */
export function restorePanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const saved = savedRunSchema.safeParse(state);
  // A panel without a name, from a crash before its first message, has nothing to show again.
  if (saved.success) showDashboard(services, saved.data, panel);
  else panel.dispose();
}

export function trainingHandlers(
  services: Services,
): Handlers<'reflection.train' | 'reflection.showTraining'> {
  return {
    'reflection.train': (parameter) => startTraining(services, targetOf(parameter)),
    'reflection.showTraining': async (parameter) => {
      const run = await runOf(services, targetOf(parameter), {
        title: vscode.l10n.t('Show Training Dashboard'),
        fits: ({ manifest }) => manifest.kind === 'train',
        none: vscode.l10n.t('There is no training run yet.'),
        remedy: vscode.l10n.t('Run "Reflection: Start Training…" first.'),
      });
      const name: SavedRun = { folder: run.folder.uri.toString(), run: run.id };
      showDashboard(services, name);
      return name;
    },
  };
}
