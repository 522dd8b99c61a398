import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { evaluationOf } from '../../checkpointEvaluation.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

/** The directory of a checkpoint that the run has told of; a page may name no other. */
export function checkpointAt(run: RunEntry, at: string): string {
  const found = run.state.checkpoints.find((checkpoint) => checkpoint.path === at);
  if (found !== undefined) return path.join(run.dir, found.path);
  throw new UserError('no-checkpoint', vscode.l10n.t('The run has no such checkpoint.'), {
    remedy: vscode.l10n.t('Refresh the view.'),
  });
}

/** Compares a checkpoint's evaluation with that of the model it was trained from, on the same problems. */
export async function compareWithBase(
  services: Services,
  run: RunEntry,
  checkpointDir: string,
): Promise<void> {
  const evaluation = evaluationOf(services, checkpointDir);
  if (evaluation === undefined) {
    throw new UserError('not-evaluated', vscode.l10n.t('This checkpoint was not evaluated yet.'), {
      remedy: vscode.l10n.t('Evaluate it first: the button beside it.'),
    });
  }
  const base = services.runs.runs.find(
    ({ manifest, id }) =>
      manifest.kind === 'evaluate' &&
      id !== evaluation.id &&
      manifest.model?.name === run.manifest.model?.name &&
      manifest.problemSet?.sha256 === evaluation.manifest.problemSet?.sha256,
  );
  if (base === undefined) {
    throw new UserError(
      'base-not-evaluated',
      vscode.l10n.t('The model that it was trained from was not evaluated on these problems.'),
      {
        remedy: vscode.l10n.t(
          'Evaluate {0} on {1} first.',
          run.manifest.model?.name ?? 'it',
          evaluation.manifest.problemSet?.name ?? 'them',
        ),
      },
    );
  }
  const targets = [base, evaluation].map(({ folder, id }) => ({
    run: { folder: folder.uri.toString(), id },
  }));
  await vscode.commands.executeCommand('reflection.compare', targets[0], targets);
}
