import * as vscode from 'vscode';
import { fileStem } from '../../../core/problems/index.ts';
import { askCount } from '../../ask/askCount.ts';
import { askModel } from '../../ask/askModel.ts';
import { askProblemFile } from '../../ask/askProblemFile.ts';
import { modelTitle } from '../../modelTitle.ts';
import { runHeadline } from '../../runHeadline.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { setting } from '../../settings.ts';
import { announce, startRun } from '../../startRun.ts';
import type { RunName, Target } from '../../target.ts';

const TITLE = vscode.l10n.t('Evaluate Problem File');

/** Samples solutions to a problem file and grades them. Returns the run. */
export async function evaluateProblems(services: Services, target: Target): Promise<RunName> {
  requireTrust(vscode.l10n.t('Running a model'));
  const file = target.file ?? (await askProblemFile(services, TITLE));
  const folder = workspaceFolder(vscode.Uri.file(file));
  const model = target.model ?? (await askModel(services, folder, TITLE));
  const n = target.n ?? (await askSamples(services, folder));
  const { run, outcome } = await startRun(services, {
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
  const name: RunName = { folder: folder.uri.toString(), id: run.id };
  const isStopped = outcome === 'interrupted';
  announce(
    isStopped
      ? vscode.l10n.t('Stopped after {0} of {1} solutions.', run.state.done, run.state.total ?? '?')
      : await headline(services, run),
    isStopped
      ? {
          [vscode.l10n.t('Resume')]: () =>
            vscode.commands.executeCommand('reflection.resumeRun', { run: name }),
        }
      : {
          [vscode.l10n.t('Open Transcript')]: () =>
            vscode.commands.executeCommand('reflection.openTranscript', { run: name }),
          [vscode.l10n.t('Critique Solutions')]: () =>
            vscode.commands.executeCommand('reflection.critique', { run: name }),
        },
    outcome,
  );
  return name;
}

async function headline(services: Services, run: Parameters<typeof runHeadline>[1]): Promise<string> {
  return `${run.manifest.title || run.id}: ${await runHeadline(services, run)}`;
}

function askSamples(services: Services, folder: vscode.WorkspaceFolder): Promise<number> {
  return askCount(services, 'reflection.lastSamples', {
    title: TITLE,
    prompt: vscode.l10n.t('Solutions for each problem (n)'),
    initial: setting('reflection.samples', folder.uri),
  });
}
