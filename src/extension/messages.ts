/**
 * Notifications. VS Code makes links of `[text](command:...)` in them, and their texts hold names from files and words of
 * models: so every message goes through here, and none can run a command.
 */
import * as vscode from 'vscode';
import { visibleText } from '../core/visibleText.ts';
import { plainMessage } from './plainMessage.ts';

export function showInformation(message: string, ...actions: string[]): Thenable<string | undefined> {
  return vscode.window.showInformationMessage(plainMessage(message), ...actions);
}

export function showWarning(message: string, ...actions: string[]): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(plainMessage(message), ...actions);
}

export function showFailure(message: string, ...actions: string[]): Thenable<string | undefined> {
  return vscode.window.showErrorMessage(plainMessage(message), ...actions);
}

/** A question that has to be answered first. */
export function askModally(message: string, detail: string, action: string): Thenable<string | undefined> {
  return vscode.window.showInformationMessage(
    plainMessage(message),
    { modal: true, detail: visibleText(detail) },
    action,
  );
}

type Report = vscode.Progress<{ message?: string; increment?: number }>;

/** A notification for as long as the work takes. */
export async function withNotification<T>(
  { title, cancellable = false }: { title: string; cancellable?: boolean },
  work: (progress: Report, token: vscode.CancellationToken) => Thenable<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: plainMessage(title), cancellable };
  return await vscode.window.withProgress(options, work);
}
