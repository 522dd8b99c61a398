import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { recipes, SIZES } from '../../../core/recipes/index.ts';
import { datasetText } from '../../../core/sampling/index.ts';
import type { DatasetMeta } from '../../../core/schema/dataset.ts';
import { newRunId, runsRoot } from '../../../node/runs/layout.ts';
import { askModel } from '../../ask/askModel.ts';
import { type Choice, choose, heading } from '../../choose.ts';
import { DATASET_FILE, findDatasets, readDataset } from '../../datasets.ts';
import { findProblemFiles } from '../../findProblemFiles.ts';
import { showInformation } from '../../messages.ts';
import { modelTitle } from '../../modelTitle.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { Cancelled } from '../../showError.ts';
import type { RunName, Target } from '../../target.ts';
import { provideTerminalCommand, quoted } from '../../terminalCommand.ts';
import { executeTraining } from '../../trainingTask.ts';

const TITLE = vscode.l10n.t('Start Training');

/** Asks for recipe, data and model, shows the command, and runs it as a task. Returns the run that it will write. */
export async function startTraining(services: Services, target: Target): Promise<RunName> {
  requireTrust(vscode.l10n.t('Training'));
  const data = target.data ?? datasetOf(services, target) ?? (await askDataset(services));
  const folder = workspaceFolder(vscode.Uri.file(data));
  const recipe =
    target.recipe ?? (await choose(TITLE, await recipeChoices(data), vscode.l10n.t('Recipe and hardware')));
  const model = await startingModel(services, folder, target);
  const parameters = ['train', recipe, '--data', data, '--model', model];
  const isExplicit = target.data !== undefined && target.recipe !== undefined;
  if (!isExplicit) await confirm(services, folder, parameters);
  const title = `${recipe} from ${modelTitle(services, folder, model)}`;
  const id = newRunId(new Date(), 'train', title);
  const dir = path.join(runsRoot(folder.uri.fsPath), id);
  await mkdir(path.dirname(dir), { recursive: true });
  await executeTraining(services, folder, [...parameters, '--title', title, '--run-dir', dir], title);
  void vscode.commands.executeCommand('reflection.training.focus');
  return { folder: folder.uri.toString(), id };
}

/** The dataset of the sampling run that the command was called on. */
function datasetOf(services: Services, { run }: Target): string | undefined {
  const entry = run && services.runs.find(vscode.Uri.parse(run.folder), run.id);
  return entry?.manifest.kind === 'sample' ? path.join(entry.dir, DATASET_FILE) : undefined;
}

async function startingModel(
  services: Services,
  folder: vscode.WorkspaceFolder,
  target: Target,
): Promise<string> {
  if (target.checkpoint !== undefined) return target.checkpoint;
  return target.model ?? (await askModel(services, folder, TITLE));
}

type Method = (typeof recipes)[number]['config']['method'];

/** What each kind of dataset is made for; a problem set has no kind. */
const METHODS_FOR: Record<DatasetMeta['kind'] | 'problems', readonly Method[]> = {
  scft: ['scft'],
  'self-distill': ['selfDistill'],
  s2r: ['bi'],
  offline: ['orlOffline', 'prlOffline'],
  problems: ['rlerr', 'orl', 'prl', 'sft'],
};

/** The recipes that train on this data, by the hardware that they need; the smallest first. */
async function recipeChoices(data: string): Promise<(Choice<string> | vscode.QuickPickItem)[]> {
  const kind = (await readDataset(data))?.meta.kind ?? 'problems';
  const fitting = recipes.filter(({ config }) => METHODS_FOR[kind].includes(config.method));
  return SIZES.flatMap(({ id: size, label, where }) => {
    const ofSize = fitting.filter(({ id }) => id.includes(`-${size}`));
    return ofSize.length === 0 ? [] : [heading(`${label} ${where}`), ...ofSize.map(recipeChoice)];
  });
}

function recipeChoice({ id, label, about }: (typeof recipes)[number]): Choice<string> {
  return { label: id, description: label, detail: about, value: id };
}

async function askDataset(services: Services): Promise<string> {
  const datasets = await findDatasets(services);
  const sets = (await findProblemFiles(['ndjson', 'problem.md'])).map(({ fsPath }) => fsPath);
  if (datasets.length + sets.length === 0) {
    throw new UserError('no-dataset', vscode.l10n.t('There is no dataset to train on yet.'), {
      remedy: vscode.l10n.t('Run "Reflection: Rejection-Sample Critiques" first.'),
    });
  }
  return choose(
    TITLE,
    [
      ...datasets.map(({ file, meta }) => ({
        label: vscode.workspace.asRelativePath(file),
        description: vscode.l10n.t('{0} records: {1}', meta.records, datasetText(meta)),
        detail: vscode.l10n.t(
          'made {0} from {1}',
          meta.createdAt,
          meta.parents.map(({ id }) => id).join(', '),
        ),
        value: file,
      })),
      ...(sets.length === 0 ? [] : [heading(vscode.l10n.t('problem sets, for reinforcement learning'))]),
      ...sets.map((file) => ({ label: vscode.workspace.asRelativePath(file), value: file })),
    ],
    vscode.l10n.t('Dataset'),
  );
}

/** The last question shows what will run, so that it can be repeated in a terminal. */
async function confirm(
  services: Services,
  folder: vscode.WorkspaceFolder,
  parameters: readonly string[],
): Promise<void> {
  const command = `reflection ${parameters.map((word) => quoted(withinFolder(folder, word))).join(' ')}`;
  const chosen = await choose(
    TITLE,
    [
      { label: vscode.l10n.t('$(play) Start'), detail: command, value: 'start' as const },
      {
        label: vscode.l10n.t('$(copy) Copy the command'),
        detail: vscode.l10n.t('to run it in a terminal or on another machine'),
        value: 'copy' as const,
      },
    ],
    vscode.l10n.t('This runs in the terminal'),
  );
  if (chosen === 'start') return;
  await vscode.env.clipboard.writeText(command);
  await provideTerminalCommand(services);
  void showInformation(
    vscode.l10n.t('The command is on the clipboard; nothing was started. New terminals know "reflection".'),
  );
  throw new Cancelled();
}

/** A file of the folder as it is named in a terminal there. */
function withinFolder(folder: vscode.WorkspaceFolder, word: string): string {
  const relative = path.isAbsolute(word) ? path.relative(folder.uri.fsPath, word) : word;
  return relative.startsWith('..') ? word : relative;
}
