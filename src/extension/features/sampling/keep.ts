import path from 'node:path';
import * as vscode from 'vscode';
import { type SampleSettings, sampleSettingsSchema } from '../../../node/pipeline/sampleManifest.ts';
import { launchCommand } from '../../launch.ts';
import { withNotification } from '../../messages.ts';
import type { RunEntry } from '../../runStore.ts';
import { requireTrust, type Services } from '../../services.ts';

/** Makes the dataset of a stopped run from what is finished, by the command that a terminal would use. */
export async function keepDataset(services: Services, run: RunEntry): Promise<void> {
  requireTrust(vscode.l10n.t('Making a dataset'));
  const settings = sampleSettingsSchema.parse(run.manifest.options);
  const output = settings.output ?? path.join(run.dir, 'dataset.jsonl');
  const { ended } = await launchCommand(services, run.folder, [
    ...['sample', run.dir, '--kind', settings.dataset, '-o', output],
    ...kindParameters(settings),
    ...(settings.size === null ? [] : ['--size', String(settings.size)]),
    ...(settings.maxTokens == null ? [] : ['--max-length', String(settings.maxTokens)]),
    ...(settings.heldOut?.path === undefined ? [] : ['--held-out', settings.heldOut.path]),
    ...(settings.verdictMustMatch === true ? ['--verdict-must-match'] : []),
    '--json',
  ]);
  await withNotification({ title: vscode.l10n.t('Keeping what is finished') }, () => ended);
  await services.runs.refresh();
}

function kindParameters(settings: SampleSettings): string[] {
  switch (settings.dataset) {
    case 'scft':
      return ['--mix', settings.mix.join(':')];
    case 's2r':
      return [
        ...['--style', settings.style, ...(settings.isThinned ? [] : ['--keep-all'])],
        ...(settings.refinement === undefined ? [] : ['--refine']),
      ];
    case 'offline':
      return ['--accuracy', settings.accuracy.join(':'), ...(settings.isBalanced ? [] : ['--no-balance'])];
    case 'self-distill':
      return [];
    default:
      throw new Error(`no such kind of dataset: ${JSON.stringify(settings satisfies never)}`);
  }
}
