import * as vscode from 'vscode';
import { runOf } from '../../ask/askRun.ts';
import { isResumable } from '../../followRun.ts';
import { announceEnd, nameOfRun } from '../../runEnd.ts';
import { requireTrust, type Services } from '../../services.ts';
import { startRun } from '../../startRun.ts';
import type { RunName, Target } from '../../target.ts';
import { executeTraining } from '../../trainingTask.ts';

/** Goes on with a run that was stopped, lost, or has failed samples. */
export async function resumeRun(services: Services, target: Target): Promise<RunName> {
  requireTrust(vscode.l10n.t('Resuming a run'));
  const run = await runOf(services, target, {
    title: vscode.l10n.t('Resume Run'),
    fits: ({ state }) => isResumable(state),
    none: vscode.l10n.t('There is no run to resume.'),
    remedy: vscode.l10n.t('Runs that were stopped, lost or failed can be resumed.'),
  });
  const name = nameOfRun(run);
  if (run.manifest.kind === 'train') {
    await executeTraining(services, run.folder, ['resume', run.dir], run.manifest.title || run.id);
    return name;
  }
  const finished = await startRun(services, {
    kind: run.manifest.kind,
    folder: run.folder,
    title: run.manifest.title || run.id,
    parameters: ['resume', run.dir],
    resume: run,
  });
  await announceEnd(services, finished);
  return name;
}
