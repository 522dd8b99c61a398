import * as vscode from 'vscode';
import type { Services } from './services.ts';
import { setting } from './settings.ts';

const LAST_MODEL = 'reflection.lastModel';
const chosen = new vscode.EventEmitter<void>();

/** Fires when another model was chosen in this window. */
export const onDidChooseModel = chosen.event;

/** The model that is offered first, and that runs without a question use: the one used last, or the default. */
export function modelInUse(services: Services, folder: vscode.WorkspaceFolder): string {
  return (
    services.context.workspaceState.get<string>(LAST_MODEL) ?? setting('reflection.defaultModel', folder.uri)
  );
}

export async function rememberModel(services: Services, model: string): Promise<void> {
  await services.context.workspaceState.update(LAST_MODEL, model);
  chosen.fire();
}
