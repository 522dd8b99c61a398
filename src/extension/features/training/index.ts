import * as vscode from 'vscode';
import { type Handlers, lazyHandlers } from '../../commands.ts';
import { DASHBOARD_PANEL } from '../../contributions.ts';
import type { Services } from '../../services.ts';
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
      deserializeWebviewPanel: async (panel, state) =>
        (await import('./handlers.ts')).restorePanel(services, panel, state),
    }),
  );
  return lazyHandlers(['reflection.train', 'reflection.showTraining'], async () =>
    (await import('./handlers.ts')).trainingHandlers(services),
  );
}
