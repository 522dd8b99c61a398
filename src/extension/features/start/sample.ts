import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { fileStem } from '../../../core/problems/index.ts';
import { askCount } from '../../ask/askCount.ts';
import { askModel } from '../../ask/askModel.ts';
import { askProblemFile } from '../../ask/askProblemFile.ts';
import { DATASET_FILE } from '../../datasets.ts';
import { modelTitle } from '../../modelTitle.ts';
import { announceEnd, nameOfRun } from '../../runEnd.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { startRun } from '../../startRun.ts';
import type { RunName, Target } from '../../target.ts';

const TITLE = vscode.l10n.t('Rejection-Sample Critiques');
/** Spec A2 and the paper's sampling: four solutions, four critiques, two repairs for each confirmation. */
const SOLUTIONS = 4;
const CRITIQUES = 4;
const MIX = '2:1';

/** Samples solutions and critiques and keeps the critiques that reach the gold answer. Returns the run and the set. */
export async function sampleCritiques(
  services: Services,
  target: Target,
): Promise<RunName & { data: string }> {
  requireTrust(vscode.l10n.t('Running a model'));
  const source = await sourceOf(services, target);
  const model = target.model ?? (await askModel(services, source.folder, TITLE));
  const size =
    target.n ??
    (await askCount(services, 'reflection.lastDatasetSize', {
      title: TITLE,
      prompt: vscode.l10n.t('Records wanted (the set is smaller when fewer critiques pass)'),
      initial: 450,
    }));
  const finished = await startRun(services, {
    kind: 'sample',
    folder: source.folder,
    title: `${modelTitle(services, source.folder, model)} on ${source.name}`,
    parameters: [
      'sample',
      source.path,
      ...['--model', model, '--solutions', String(SOLUTIONS), '--critiques', String(CRITIQUES)],
      ...['--mix', MIX, '--size', String(size)],
      ...(target.problem === undefined ? [] : ['--problem', target.problem]),
    ],
  });
  await announceEnd(services, finished);
  return { ...nameOfRun(finished.run), data: path.join(finished.run.dir, DATASET_FILE) };
}

async function sourceOf(
  services: Services,
  target: Target,
): Promise<{ folder: vscode.WorkspaceFolder; path: string; name: string }> {
  if (target.run !== undefined) {
    const run = services.runs.find(vscode.Uri.parse(target.run.folder), target.run.id);
    const file = run?.manifest.problemSet?.path;
    if (run === undefined || file === undefined || file === null) {
      throw new UserError('no-problem-file', vscode.l10n.t('The problem file of this run is not known.'), {
        remedy: vscode.l10n.t('Choose the problem file itself.'),
      });
    }
    return { folder: run.folder, path: file, name: fileStem(file) };
  }
  const file = target.file ?? (await askProblemFile(services, TITLE));
  return { folder: workspaceFolder(vscode.Uri.file(file)), path: file, name: fileStem(file) };
}
