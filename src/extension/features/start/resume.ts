import * as vscode from 'vscode';
import { runOf } from '../../ask/askRun.ts';
import { isOver } from '../../followRun.ts';
import { runHeadline } from '../../runHeadline.ts';
import type { RunEntry } from '../../runStore.ts';
import { requireTrust, type Services } from '../../services.ts';
import { announce, startRun } from '../../startRun.ts';
import type { RunName, Target } from '../../target.ts';
import { executeTraining } from '../../trainingTask.ts';

/** Goes on with a run that was stopped, lost, or has failed samples. */
export async function resumeRun(services: Services, target: Target): Promise<RunName> {
  requireTrust(vscode.l10n.t('Resuming a run'));
  const run = await runOf(services, target, {
    title: vscode.l10n.t('Resume Run'),
    fits: isResumable,
    none: vscode.l10n.t('There is no run to resume.'),
    remedy: vscode.l10n.t('Runs that were stopped, lost or failed can be resumed.'),
  });
  const name: RunName = { folder: run.folder.uri.toString(), id: run.id };
  if (run.manifest.kind === 'train') {
    await executeTraining(services, run.folder, ['resume', run.dir], run.manifest.title || run.id);
    return name;
  }
  const { outcome, run: ended } = await startRun(services, {
    kind: run.manifest.kind,
    folder: run.folder,
    title: run.manifest.title || run.id,
    parameters: ['resume', run.dir],
    resume: run,
  });
  announce(
    await runHeadline(services, ended),
    {
      [vscode.l10n.t('Open Transcript')]: () =>
        vscode.commands.executeCommand('reflection.openTranscript', { run: name }),
    },
    outcome,
  );
  return name;
}

/** Whether going on with the run would do something. */
export function isResumable({ state }: RunEntry): boolean {
  return isOver(state.status) && state.status !== 'done';
}
