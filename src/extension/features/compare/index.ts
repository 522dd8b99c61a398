import * as vscode from 'vscode';
import { type Handlers, lazyHandlers } from '../../commands.ts';
import { COMPARE_PANEL } from '../../contributions.ts';
import type { Services } from '../../services.ts';

/** The Compare panel: is it better, or is it noise? */
export function registerCompare(services: Services): Handlers<'reflection.compare'> {
  services.context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(COMPARE_PANEL, {
      deserializeWebviewPanel: async (panel, state) =>
        (await import('./handlers.ts')).restorePanel(services, panel, state),
    }),
  );
  return lazyHandlers(['reflection.compare'], async () =>
    (await import('./handlers.ts')).compareHandlers(services),
  );
}
