import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { formatOfFile } from '../../../core/problems/format.ts';
import { showInformation } from '../../messages.ts';
import type { Services } from '../../services.ts';
import type { Target } from '../../target.ts';

/** Opens the problem file of a run at one of its problems, as the file is now. */
export async function openProblem(services: Services, { run: name, problem }: Target): Promise<void> {
  const run = name && services.runs.find(vscode.Uri.parse(name.folder), name.id);
  const file = run?.manifest.problemSet?.path ?? null;
  // The path was written by whoever made the run: nothing is opened that is no problem file by its name.
  const format = file === null ? null : formatOfFile(file);
  if (file === null || format === null || format === 'parquet') {
    throw new UserError(
      'no-problem-file',
      vscode.l10n.t('The problems of this run are in no file to read.'),
      {
        remedy: vscode.l10n.t('The run keeps its own copy: the statement stands in the transcript.'),
      },
    );
  }
  const document = await vscode.workspace.openTextDocument(file).then(undefined, () => {
    throw new UserError('problem-file-gone', vscode.l10n.t('{0} is not there any more.', file), {
      remedy: vscode.l10n.t('The run keeps its own copy: the statement stands in the transcript.'),
    });
  });
  const set = await services.problems.parsed(document);
  const line = set?.problems.find((one) => one.problem.id === problem)?.line;
  const at = new vscode.Position(line ?? 0, 0);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  if (line === undefined) {
    void showInformation(
      vscode.l10n.t('The file holds no problem {0} any more: it was changed since the run.', problem ?? ''),
    );
  }
}
