import * as vscode from 'vscode';
import { UserError } from '../core/errors.ts';
import type { RunEntry } from './runStore.ts';
import type { Services } from './services.ts';
import { transcriptUri } from './transcriptAddress.ts';

/** Opens the transcript of a solution. */
export async function openSolution(run: RunEntry, solutionId: string): Promise<void> {
  await vscode.window.showTextDocument(addressOf(run, 'transcript', solutionId), { preview: true });
}

/** Opens the solution of a critique, and the critique beside it. The id is looked up among the run's own lines. */
export async function openCritiqueBeside(
  services: Services,
  run: RunEntry,
  critiqueId: string,
): Promise<void> {
  const { critiques } = await services.runs.samples.part(run, { sampleId: critiqueId });
  const critique = critiques.find(({ id }) => id === critiqueId);
  if (critique === undefined) {
    throw new UserError(
      'no-critique',
      vscode.l10n.t('The run {0} has no critique {1}.', run.id, critiqueId),
      {
        remedy: vscode.l10n.t('Refresh the Runs view: the run may have changed.'),
      },
    );
  }
  await openSolution(run, critique.solutionId);
  await vscode.window.showTextDocument(addressOf(run, 'critique', critique.id), {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    preserveFocus: true,
  });
}

function addressOf(run: RunEntry, kind: 'transcript' | 'critique', sample: string): vscode.Uri {
  return transcriptUri({ folder: run.folder.uri.toString(), run: run.id, kind, sample });
}
