import path from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { TASK_TYPE } from '../../contributions.ts';
import { findDatasets } from '../../datasets.ts';
import type { Services } from '../../services.ts';
import { setting } from '../../settings.ts';
import { trainingTask } from '../../trainingTask.ts';

const definitionSchema = z.looseObject({
  type: z.literal(TASK_TYPE),
  recipe: z.string().min(1),
  data: z.string().min(1),
  model: z.string().min(1).optional(),
  runDir: z.string().min(1).optional(),
});

/** Training on each dataset of the workspace. */
export async function provideTasks(services: Services): Promise<vscode.Task[]> {
  if (!vscode.workspace.isTrusted) return [];
  const datasets = await findDatasets(services);
  return datasets.flatMap(({ file }) => {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
    const data = vscode.workspace.asRelativePath(file, false);
    const definition = { type: TASK_TYPE, recipe: 'scft-nano', data };
    const task = folder && toTask(services, folder, definition, vscode.l10n.t('train on {0}', data));
    return task === undefined ? [] : [task];
  });
}

/** A task of tasks.json, ready to run. */
export function resolveTask(services: Services, task: vscode.Task): vscode.Task | undefined {
  const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
  // The definition has to be the same object: VS Code knows the task by it.
  return folder && toTask(services, folder, task.definition, task.name);
}

function toTask(
  services: Services,
  folder: vscode.WorkspaceFolder,
  definition: vscode.TaskDefinition,
  name: string,
): vscode.Task | undefined {
  const parsed = definitionSchema.safeParse(definition);
  if (!parsed.success) return undefined;
  const { recipe, data, runDir } = parsed.data;
  const model = parsed.data.model ?? setting('reflection.defaultModel', folder.uri);
  const parameters = [
    ...['train', recipe, '--data', path.resolve(folder.uri.fsPath, data), '--model', model],
    ...(runDir === undefined ? [] : ['--run-dir', path.resolve(folder.uri.fsPath, runDir)]),
  ];
  return trainingTask(services, folder, parameters, name, definition);
}
