import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { messageOf, UserError } from '../../../core/errors.ts';
import type { SavedComparison } from '../../../core/protocol/compare.ts';
import { quoteArgument } from '../../../core/training/index.ts';
import type { RunAt } from '../../../node/comparison/client.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

/** What is compared: a run of the folder, or a results file that another program wrote. */
export type Arm =
  | { readonly kind: 'run'; readonly id: string; readonly run: RunEntry }
  | { readonly kind: 'file'; readonly id: string; readonly uri: vscode.Uri };

/** A file's id is its URI; names of runs hold no colon. */
export function fileArm(uri: vscode.Uri): Arm {
  return { kind: 'file', id: uri.toString(), uri };
}

export function armsOf(services: Services, names: SavedComparison): Arm[] {
  return names.runs.map((id) => armOf(services, names, id));
}

/** The arm of this id; a comparison knows no others. */
export function armOf(services: Services, { folder, runs }: SavedComparison, id: string): Arm {
  if (!runs.includes(id)) {
    throw new UserError('run-unknown', vscode.l10n.t('This run is not part of the comparison.'), {
      remedy: vscode.l10n.t('Open it again.'),
    });
  }
  if (isFileId(id)) return fileArm(vscode.Uri.parse(id));
  const run = services.runs.find(vscode.Uri.parse(folder), id);
  if (run !== undefined) return { kind: 'run', id, run };
  throw new UserError('run-gone', vscode.l10n.t('The run {0} is not there any more.', id), {
    remedy: vscode.l10n.t('Put its directory back, or compare other runs.'),
  });
}

export function isFileId(id: string): boolean {
  return id.startsWith('file:');
}

/** The run of this id, where only a run can be meant. */
export function runOfArm(services: Services, names: SavedComparison, id: string): RunEntry {
  const arm = armOf(services, names, id);
  if (arm.kind === 'run') return arm.run;
  throw new UserError('not-a-run', vscode.l10n.t('A results file holds no critiques.'), {
    remedy: vscode.l10n.t('Choose a run.'),
  });
}

/** Where an arm lies, as it is now. */
export async function armAt(arm: Arm): Promise<RunAt> {
  if (arm.kind === 'run') return { dir: arm.run.dir, revision: arm.run.revision };
  const { fsPath } = arm.uri;
  const { size, mtimeMs } = await stat(fsPath).catch((thrown: unknown) => {
    throw new UserError('file-gone', vscode.l10n.t('The file cannot be read: {0}', messageOf(thrown)), {
      place: { file: fsPath },
      remedy: vscode.l10n.t('Put it back, or compare other files.'),
    });
  });
  return { dir: fsPath, revision: `${size}@${mtimeMs}`, file: fileName(arm.uri) };
}

/** As a person would type it in the folder. */
export function fileName(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

/** The command that computes the same comparison in a terminal. */
export function commandOf({ runs, baseline }: SavedComparison): string {
  const words = [baseline, ...runs.filter((run) => run !== baseline)].map((id) =>
    isFileId(id) ? fileName(vscode.Uri.parse(id)) : id,
  );
  return ['reflection', 'compare', ...words.map(quoteArgument)].join(' ');
}
