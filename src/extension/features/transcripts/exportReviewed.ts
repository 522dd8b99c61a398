import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../../core/errors.ts';
import { standingReviews } from '../../../core/runs/index.ts';
import { choose } from '../../choose.ts';
import { launchCommand } from '../../launch.ts';
import { showInformation } from '../../messages.ts';
import type { RunEntry } from '../../runStore.ts';
import { requireTrust, type Services } from '../../services.ts';
import type { Target } from '../../target.ts';

const TITLE = vscode.l10n.t('Export Reviewed Critiques as SCFT Dataset');

const answerSchema = z.object({
  dataset: z.string(),
  meta: z.object({ records: z.number(), i2c: z.number(), c2c: z.number() }),
});

/** Writes the critiques of a run that a person accepted or edited as a dataset to train on. Returns its file. */
export async function exportReviewed(
  services: Services,
  target: Target,
): Promise<{ data: string; records: number }> {
  requireTrust(vscode.l10n.t('Exporting a dataset'));
  await services.runs.refresh();
  const run = await reviewedRun(services, target);
  const data = target.data ?? (await freeFile(run.folder.uri.fsPath));
  const parameters = ['sample', run.dir, '--reviewed', '-o', data, '--json'];
  const launched = await launchCommand(services, run.folder, parameters);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Exporting reviewed critiques') },
    () => launched.ended,
  );
  const { meta } = answerSchema.parse(JSON.parse(await launched.output));
  const file = vscode.workspace.asRelativePath(data);
  const train = vscode.l10n.t('Start Training…');
  const open = vscode.l10n.t('Open Dataset');
  void showInformation(
    vscode.l10n.t('{0}: {1} records, {2} i→c and {3} c→c.', file, meta.records, meta.i2c, meta.c2c),
    ...(meta.records > 0 ? [train, open] : [open]),
  ).then((chosen) => {
    if (chosen === train) return vscode.commands.executeCommand('reflection.train', { data });
    return chosen === open ? vscode.window.showTextDocument(vscode.Uri.file(data)) : undefined;
  });
  return { data, records: meta.records };
}

/** The run whose critiques were reviewed; asked for when there are several. */
async function reviewedRun(services: Services, { run: wanted }: Target): Promise<RunEntry> {
  const runs: { run: RunEntry; accepted: number }[] = [];
  for (const run of services.runs.runs) {
    if (run.manifest.kind !== 'critique' && run.manifest.kind !== 'sample') continue;
    if (wanted !== undefined && (run.id !== wanted.id || run.folder.uri.toString() !== wanted.folder))
      continue;
    const reviews = await services.runs.samples.reviews(run);
    const accepted = [...standingReviews(reviews).values()].filter(
      ({ decision }) => decision === 'accept' || decision === 'edited',
    ).length;
    if (accepted > 0) runs.push({ run, accepted });
  }
  const [first] = runs;
  if (first === undefined) {
    throw new UserError('no-reviews', vscode.l10n.t('No critique was accepted yet.'), {
      remedy: vscode.l10n.t('Open a transcript, go to a finding with F8 and accept it with Alt+A.'),
    });
  }
  if (runs.length === 1) return first.run;
  return choose(
    TITLE,
    runs.map(({ run, accepted }) => ({
      label: run.manifest.title || run.id,
      description: vscode.l10n.t('{0} critiques accepted', accepted),
      detail: run.id,
      value: run,
    })),
    vscode.l10n.t('Run'),
  );
}

/** A name that is free, so that no dataset is written over. */
async function freeFile(folder: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const file = path.join(folder, `reviewed${number === 1 ? '' : `-${number}`}.jsonl`);
    const isTaken = await stat(file).then(
      () => true,
      () => false,
    );
    if (!isTaken) return file;
  }
}
