import * as vscode from 'vscode';
import { type SavedRun, savedRunSchema } from '../../../core/protocol/sampling.ts';
import { runOf } from '../../ask/askRun.ts';
import type { Handlers } from '../../commands.ts';
import { DASHBOARD_PANEL } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { showDashboard } from './dashboard.ts';
import { startTraining } from './start.ts';
import { registerTaskProvider } from './taskProvider.ts';
import { registerTrainingView } from './view.ts';

/** Training as a task in the terminal, its curves in the side bar, and a dashboard for each run. */
export function registerTraining(
  services: Services,
): Handlers<'reflection.train' | 'reflection.showTraining'> {
  services.context.subscriptions.push(
    registerTrainingView(services),
    registerTaskProvider(services),
    vscode.window.registerWebviewPanelSerializer(DASHBOARD_PANEL, {
      async deserializeWebviewPanel(panel, state) {
        const saved = savedRunSchema.safeParse(state);
        // A panel without a name, from a crash before its first message, has nothing to show again.
        if (saved.success) showDashboard(services, saved.data, panel);
        else panel.dispose();
      },
    }),
  );
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
