import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../../core/errors.ts';
import { type SavedComparison, savedComparisonSchema } from '../../../core/protocol/compare.ts';
import { runChoice } from '../../ask/askRun.ts';
import { evaluationOf } from '../../checkpointEvaluation.ts';
import type { Choice } from '../../choose.ts';
import type { Handlers } from '../../commands.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { Cancelled } from '../../showError.ts';
import { type Target, targetsOf } from '../../target.ts';
import { type Arm, fileArm, isFileId } from './arms.ts';
import { showComparison } from './panel.ts';

/** Shows a panel again that was open before a reload of the window. */
export function restorePanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const saved = savedComparisonSchema.safeParse(state);
  // A panel without names, from a crash before its first message, has nothing to show again. The state comes from the
  // page, which is not trusted: it may name no file that a person did not choose.
  if (!saved.success || !saved.data.runs.every((id) => isChosen(services, id))) panel.dispose();
  else showComparison(services, saved.data, panel);
}

export function compareHandlers(services: Services): Handlers<'reflection.compare'> {
  return {
    'reflection.compare': async (...parameters) => {
      const names = await comparedNames(services, targetsOf(parameters));
      await rememberFiles(services, names);
      showComparison(services, names);
      return names;
    },
  };
}

const CHOSEN_FILES = 'reflection.comparedFiles';
const FILES_REMEMBERED = 50;

function chosenFiles(services: Services): string[] {
  const known = z.array(z.string()).safeParse(services.context.workspaceState.get(CHOSEN_FILES));
  return known.success ? known.data : [];
}

function isChosen(services: Services, id: string): boolean {
  return !isFileId(id) || chosenFiles(services).includes(id);
}

async function rememberFiles(services: Services, { runs }: SavedComparison): Promise<void> {
  const files = runs.filter(isFileId);
  if (files.length === 0) return;
  const all = [...new Set([...files, ...chosenFiles(services)])].slice(0, FILES_REMEMBERED);
  await services.context.workspaceState.update(CHOSEN_FILES, all);
}

/** An arm and when it was made: bases are evaluated before what is trained from them. */
interface Chosen {
  readonly arm: Arm;
  readonly made: number;
}

async function comparedNames(services: Services, targets: readonly Target[]): Promise<SavedComparison> {
  // The thread starts while the person chooses.
  services.comparer();
  await services.runs.refresh();
  const named = (await Promise.all(targets.map((target) => chosenBy(services, target)))).flat();
  // One alone names what is to be compared, and not yet with what.
  const chosen = named.length >= 2 ? named : [...named, ...(await ask(services))];
  const arms = [...new Map(chosen.map((one) => [one.arm.id, one])).values()];
  if (arms.length < 2) {
    throw new UserError('one-run', vscode.l10n.t('A comparison needs at least two runs or results files.'), {
      remedy: vscode.l10n.t('Choose the baseline and one or more others.'),
    });
  }
  const oldestFirst = arms.sort((a, b) => a.made - b.made).map(({ arm }) => arm);
  return {
    folder: folderOf(oldestFirst),
    runs: oldestFirst.map(({ id }) => id),
    baseline: oldestFirst[0]?.id ?? '',
  };
}

function folderOf(arms: readonly Arm[]): string {
  const folders = arms.flatMap((arm) => (arm.kind === 'run' ? [arm.run.folder] : []));
  const [first] = folders;
  if (folders.some((folder) => folder !== first)) {
    throw new UserError('two-folders', vscode.l10n.t('The runs lie in different workspace folders.'), {
      remedy: vscode.l10n.t('Compare runs of one folder.'),
    });
  }
  // Files alone need no folder.
  return (first ?? vscode.workspace.workspaceFolders?.[0])?.uri.toString() ?? '';
}

/** The run of a row; of a checkpoint, its newest evaluation; a results file of the explorer. */
async function chosenBy(services: Services, { run, checkpoint, file }: Target): Promise<Chosen[]> {
  if (file !== undefined) return [await chosenFile(vscode.Uri.file(file))];
  if (checkpoint !== undefined) {
    const evaluation = evaluationOf(services, checkpoint);
    if (evaluation !== undefined) return [chosenRun(evaluation)];
    throw new UserError('not-evaluated', vscode.l10n.t('This checkpoint was not evaluated yet.'), {
      remedy: vscode.l10n.t('Evaluate it first: the button beside it in the Checkpoints view.'),
    });
  }
  const entry = run && services.runs.find(vscode.Uri.parse(run.folder), run.id);
  return entry !== undefined && entry.manifest.kind !== 'train' ? [chosenRun(entry)] : [];
}

function chosenRun(run: RunEntry): Chosen {
  return { arm: { kind: 'run', id: run.id, run }, made: Date.parse(run.manifest.createdAt) };
}

async function chosenFile(uri: vscode.Uri): Promise<Chosen> {
  const { mtime } = await vscode.workspace.fs.stat(uri);
  return { arm: fileArm(uri), made: mtime };
}

/** Runs are ticked; files of other programs are browsed for. */
async function ask(services: Services): Promise<Chosen[]> {
  const runs = services.runs.runs.filter(({ manifest }) => manifest.kind !== 'train');
  const browse: Choice<RunEntry | null> = {
    label: vscode.l10n.t('Results files…'),
    description: vscode.l10n.t('rows with a problem id and an answer, of any program'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    value: null,
  };
  const chosen = await vscode.window.showQuickPick([...runs.map(runChoice), browse], {
    title: vscode.l10n.t('Compare Checkpoints'),
    placeHolder:
      runs.length === 0
        ? vscode.l10n.t('No run yet: evaluate two models on one problem file, or compare results files')
        : vscode.l10n.t('Two or more; the oldest becomes the baseline'),
    canPickMany: true,
    matchOnDescription: true,
  });
  if (chosen === undefined || chosen.length === 0) throw new Cancelled();
  const picked = chosen.flatMap(({ value }) => (value === null ? [] : [chosenRun(value)]));
  return chosen.some(({ value }) => value === null) ? [...picked, ...(await browseFiles())] : picked;
}

async function browseFiles(): Promise<Chosen[]> {
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Results files'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Results files')]: ['jsonl', 'ndjson', 'json', 'csv', 'parquet'] },
  });
  if (files === undefined) throw new Cancelled();
  return Promise.all(files.map(chosenFile));
}
