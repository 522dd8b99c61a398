import * as vscode from 'vscode';
import { type Handlers, lazyHandlers } from '../../commands.ts';
import { SAMPLING_PANEL } from '../../contributions.ts';
import type { Services } from '../../services.ts';

/** The Rejection Sampling panel: is this set worth training on, and why is it so small? */
export function registerSampling(services: Services): Handlers<'reflection.showSampling'> {
  services.context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(SAMPLING_PANEL, {
      deserializeWebviewPanel: async (panel, state) =>
        (await import('./handlers.ts')).restorePanel(services, panel, state),
    }),
  );
  return lazyHandlers(['reflection.showSampling'], async () =>
    (await import('./handlers.ts')).samplingHandlers(services),
  );
}
