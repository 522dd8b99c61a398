import * as vscode from 'vscode';
import { runOf } from '../../ask/askRun.ts';
import type { Handlers } from '../../commands.ts';
import { isOver } from '../../followRun.ts';
import { launchCommand } from '../../launch.ts';
import { withNotification } from '../../messages.ts';
import { requireTrust, type Services } from '../../services.ts';
import { targetOf } from '../../target.ts';

/** What can be done to a run. */
export function runHandlers(services: Services): Handlers<'reflection.stopRun' | 'reflection.openRunFolder'> {
  return {
    'reflection.stopRun': async (parameter) => {
      requireTrust(vscode.l10n.t('Stopping a run'));
      const run = await runOf(services, targetOf(parameter), {
        title: vscode.l10n.t('Stop Run'),
        fits: ({ state }) => !isOver(state.status),
        none: vscode.l10n.t('Nothing is running.'),
        remedy: vscode.l10n.t('There is nothing to stop.'),
      });
      const { ended } = await launchCommand(services, run.folder, ['stop', run.dir, '--json']);
      const title = vscode.l10n.t('Stopping {0}', run.manifest.title || run.id);
      await withNotification({ title }, () => ended);
      await services.runs.refresh();
    },
    'reflection.openRunFolder': async (parameter) => {
      const run = await runOf(services, targetOf(parameter), {
        title: vscode.l10n.t('Reveal Run Folder'),
        fits: () => true,
        none: vscode.l10n.t('There are no runs yet.'),
        remedy: vscode.l10n.t('Run "Reflection: Evaluate Problem File" first.'),
      });
      await vscode.commands.executeCommand(
        'revealInExplorer',
        vscode.Uri.joinPath(vscode.Uri.file(run.dir), 'run.json'),
      );
    },
  };
}
