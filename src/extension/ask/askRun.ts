import * as vscode from 'vscode';
import { UserError } from '../../core/errors.ts';
import { type Choice, choose } from '../choose.ts';
import type { RunEntry } from '../runStore.ts';
import type { Services } from '../services.ts';
import type { Target } from '../target.ts';

/** The run that a command was called on, or one that the person chooses among those that fit. */
export async function runOf(
  services: Services,
  target: Target,
  options: { title: string; fits: (run: RunEntry) => boolean; none: string; remedy: string },
): Promise<RunEntry> {
  await services.runs.refresh();
  if (target.run !== undefined) {
    const run = services.runs.find(vscode.Uri.parse(target.run.folder), target.run.id);
    if (run !== undefined) return run;
    throw new UserError('run-gone', vscode.l10n.t('The run {0} is not there any more.', target.run.id), {
      remedy: vscode.l10n.t('Refresh the Runs view.'),
    });
  }
  const runs = fitting(services, options);
  return choose(options.title, runs.map(runChoice), vscode.l10n.t('Run'));
}

function fitting(
  services: Services,
  options: { fits: (run: RunEntry) => boolean; none: string; remedy: string },
): RunEntry[] {
  const runs = services.runs.runs.filter(options.fits);
  if (runs.length > 0) return runs;
  throw new UserError('no-runs', options.none, { remedy: options.remedy });
}

export function runChoice(run: RunEntry): Choice<RunEntry> {
  const { manifest, state } = run;
  return {
    label: manifest.title || run.id,
    description: `${manifest.kind} · ${state.status}`,
    detail: run.id,
    value: run,
  };
}
