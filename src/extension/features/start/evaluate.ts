import * as vscode from 'vscode';
import { fileStem } from '../../../core/problems/index.ts';
import { askCount } from '../../ask/askCount.ts';
import { askModel } from '../../ask/askModel.ts';
import { askProblemFile } from '../../ask/askProblemFile.ts';
import { modelTitle } from '../../modelTitle.ts';
import { announceEnd, nameOfRun } from '../../runEnd.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { setting } from '../../settings.ts';
import { startRun } from '../../startRun.ts';
import type { RunName, Target } from '../../target.ts';

const TITLE = vscode.l10n.t('Evaluate Problem File');

/** Samples solutions to a problem file and grades them. Returns the run. */
export async function evaluateProblems(services: Services, target: Target): Promise<RunName> {
  requireTrust(vscode.l10n.t('Running a model'));
  const file = target.file ?? (await askProblemFile(services, TITLE));
  const folder = workspaceFolder(vscode.Uri.file(file));
  const model = target.model ?? (await askModel(services, folder, TITLE));
  const n = target.n ?? (await askSamples(services, folder));
  const finished = await startRun(services, {
    kind: 'evaluate',
    folder,
    title: `${modelTitle(services, folder, model)} on ${target.problem ?? fileStem(file)}`,
    parameters: [
      'evaluate',
      file,
      ...['--model', model, '-n', String(n)],
      ...(target.problem === undefined ? [] : ['--problem', target.problem]),
    ],
  });
  await announceEnd(services, finished);
  return nameOfRun(finished.run);
}

function askSamples(services: Services, folder: vscode.WorkspaceFolder): Promise<number> {
  return askCount(services, 'reflection.lastSamples', {
    title: TITLE,
    prompt: vscode.l10n.t('Solutions for each problem (n)'),
    initial: setting('reflection.samples', folder.uri),
  });
}
