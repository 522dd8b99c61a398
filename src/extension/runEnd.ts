/** How runs of a model end: what is told, and what can be done next. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from './contributions.ts';
import { DATASET_FILE } from './datasets.ts';
import { runHeadline } from './runHeadline.ts';
import type { RunEntry } from './runStore.ts';
import type { Services } from './services.ts';
import { announce, type FinishedRun } from './startRun.ts';
import type { RunName, Target } from './target.ts';

type Actions = Readonly<Record<string, () => unknown>>;

export function nameOfRun({ folder, id }: RunEntry): RunName {
  return { folder: folder.uri.toString(), id };
}

/** Tells the end of a run, and does not wait for what the person does with it. */
export async function announceEnd(services: Services, { run, outcome }: FinishedRun): Promise<void> {
  if (outcome === 'interrupted') announce(stopped(run), resumeAction(run), outcome);
  else {
    const retry = outcome === 'withFailedSamples' ? resumeAction(run) : {};
    announce(await headline(services, run), { ...retry, ...nextActions(run) }, outcome);
  }
}

export function resumeAction(run: RunEntry): Actions {
  return { [vscode.l10n.t('Resume')]: command('reflection.resumeRun', { run: nameOfRun(run) }) };
}

function stopped({ manifest: { kind }, state: { done, total } }: RunEntry): string {
  if (kind === 'evaluate') return vscode.l10n.t('Stopped after {0} of {1} solutions.', done, total ?? '?');
  if (kind === 'critique') return vscode.l10n.t('Stopped after {0} of {1} critiques.', done, total ?? '?');
  return vscode.l10n.t('Stopped: finished samples are kept.');
}

async function headline(services: Services, run: RunEntry): Promise<string> {
  const number = await runHeadline(services, run);
  // What was kept speaks for itself, and its sentence is long.
  return run.manifest.kind === 'sample' ? number : `${run.manifest.title || run.id}: ${number}`;
}

function nextActions(entry: RunEntry): Actions {
  const run = nameOfRun(entry);
  const read = { [vscode.l10n.t('Open Transcript')]: command('reflection.openTranscript', { run }) };
  const data = path.join(entry.dir, DATASET_FILE);
  switch (entry.manifest.kind) {
    case 'evaluate':
      return { ...read, [vscode.l10n.t('Critique Solutions')]: command('reflection.critique', { run }) };
    case 'sample':
      return {
        [vscode.l10n.t('Start Training…')]: command('reflection.train', { data }),
        [vscode.l10n.t('Show Funnel')]: command('reflection.showSampling', { run }),
        [vscode.l10n.t('Open Dataset')]: () => vscode.window.showTextDocument(vscode.Uri.file(data)),
      };
    default:
      return read;
  }
}

function command(id: CommandId, target: Target): () => unknown {
  return () => vscode.commands.executeCommand(id, target);
}
