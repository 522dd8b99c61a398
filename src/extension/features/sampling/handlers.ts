import * as vscode from 'vscode';
import { type SavedRun, savedRunSchema } from '../../../core/protocol/sampling.ts';
import { runOf } from '../../ask/askRun.ts';
import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { showSampling } from './panel.ts';

/** Shows a panel again that was open before a reload of the window. */
export function restorePanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const saved = savedRunSchema.safeParse(state);
  // A panel without a name, from a crash before its first message, has nothing to show again.
  if (saved.success) showSampling(services, saved.data, panel);
  else panel.dispose();
}

export function samplingHandlers(services: Services): Handlers<'reflection.showSampling'> {
  return {
    'reflection.showSampling': async (parameter) => {
      const run = await runOf(services, targetOf(parameter), {
        title: vscode.l10n.t('Show Rejection Sampling'),
        fits: ({ manifest }) => manifest.kind === 'sample',
        none: vscode.l10n.t('There is no sampling run yet.'),
        remedy: vscode.l10n.t('Run "Reflection: Rejection-Sample Critiques" first.'),
      });
      const name: SavedRun = { folder: run.folder.uri.toString(), run: run.id };
      showSampling(services, name);
      return name;
    },
  };
}
