import * as vscode from 'vscode';
import { TASK_TYPE } from './contributions.ts';
import { cliFile, commandEnvironment } from './launch.ts';
import { requireTrust, type Services } from './services.ts';

/**
 * A task that runs the `reflection` command in the integrated terminal. The trainer runs in a session of its own that
 * the command only follows, so closing the terminal or the window does not end it.
 */
export function trainingTask(
  services: Services,
  folder: vscode.WorkspaceFolder,
  parameters: readonly string[],
  name: string,
  definition: vscode.TaskDefinition = { type: TASK_TYPE },
): vscode.Task {
  const execution = new vscode.ProcessExecution(
    process.execPath,
    [cliFile(services), ...parameters, '--workspace', folder.uri.fsPath],
    { cwd: folder.uri.fsPath, env: commandEnvironment(folder) },
  );
  const task = new vscode.Task(definition, folder, name, 'reflection', execution, [
    '$reflection-traceback',
    '$reflection-error',
  ]);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    showReuseMessage: false,
  };
  task.group = vscode.TaskGroup.Build;
  return task;
}

/** Runs the command as a task; resolves when it has started. */
export async function executeTraining(
  services: Services,
  folder: vscode.WorkspaceFolder,
  parameters: readonly string[],
  name: string,
): Promise<vscode.TaskExecution> {
  requireTrust(vscode.l10n.t('Training'));
  return vscode.tasks.executeTask(trainingTask(services, folder, parameters, name));
}
