import * as vscode from 'vscode';
import { type Handlers, lazyHandlers } from '../../commands.ts';
import { isOver } from '../../followRun.ts';
import type { Services } from '../../services.ts';
import { LiveDocuments, liveUri } from './documents.ts';

/** What a running run is writing, as a document that grows. */
export function registerLive(services: Services): Handlers<'reflection.watchRun'> {
  services.context.subscriptions.push(new LiveDocuments(services));
  return lazyHandlers(['reflection.watchRun'], async () => {
    const { runOf } = await import('../../ask/askRun.ts');
    const { targetOf } = await import('../../target.ts');
    return {
      'reflection.watchRun': async (parameter) => {
        const run = await runOf(services, targetOf(parameter), {
          title: vscode.l10n.t('Watch Text Being Written'),
          fits: ({ manifest, state }) => manifest.kind !== 'train' && !isOver(state.status),
          none: vscode.l10n.t('Nothing is running.'),
          remedy: vscode.l10n.t('Run "Reflection: Evaluate Problem File" first.'),
        });
        const uri = liveUri({ folder: run.folder.uri.toString(), id: run.id });
        await vscode.window.showTextDocument(uri, { preview: true });
        return uri;
      },
    };
  });
}
