import * as vscode from 'vscode';
import { TASK_TYPE } from '../../contributions.ts';
import type { Services } from '../../services.ts';

/** `Run Task > reflection` offers training on each dataset; tasks.json may hold others. */
export function registerTaskProvider(services: Services): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: async () => (await import('./tasks.ts')).provideTasks(services),
    resolveTask: async (task) => (await import('./tasks.ts')).resolveTask(services, task),
  });
}
