import * as vscode from 'vscode';
import { UserError } from '../../core/errors.ts';
import { type Choice, choose } from '../choose.ts';
import type { RunEntry } from '../runStore.ts';
import type { Services } from '../services.ts';
import { Cancelled } from '../showError.ts';
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
  return choose(options.title, runs.map(runChoice), 'Run');
}

/** Some runs that the person chooses among those that fit; at least `atLeast` of them. */
export async function askRuns(
  services: Services,
  options: {
    title: string;
    fits: (run: RunEntry) => boolean;
    none: string;
    remedy: string;
    placeHolder: string;
  },
): Promise<RunEntry[]> {
  await services.runs.refresh();
  const chosen = await vscode.window.showQuickPick(fitting(services, options).map(runChoice), {
    title: options.title,
    placeHolder: options.placeHolder,
    canPickMany: true,
    matchOnDescription: true,
  });
  if (chosen === undefined || chosen.length === 0) throw new Cancelled();
  return chosen.map(({ value }) => value);
}

function fitting(
  services: Services,
  options: { fits: (run: RunEntry) => boolean; none: string; remedy: string },
): RunEntry[] {
  const runs = services.runs.runs.filter(options.fits);
  if (runs.length > 0) return runs;
  throw new UserError('no-runs', options.none, { remedy: options.remedy });
}

function runChoice(run: RunEntry): Choice<RunEntry> {
  const { manifest, state } = run;
  return {
    label: manifest.title || run.id,
    description: `${manifest.kind} · ${state.status}`,
    detail: run.id,
    value: run,
  };
}
