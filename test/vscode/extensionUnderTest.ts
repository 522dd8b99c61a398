/** What the suites of this folder share: the open folder, waiting for events, and running commands without their questions. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The folder that the window has open. */
export function openFolder(): vscode.WorkspaceFolder {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return folder;
}

export async function activate(): Promise<void> {
  const extension = vscode.extensions.getExtension('reflection-workbench.reflection-workbench');
  assert.ok(extension, 'VS Code knows the extension');
  await extension.activate();
}

/** Resolves with the first value of the check that is not undefined; asked again after each event. */
export async function eventually<T>(
  event: vscode.Event<unknown>,
  check: () => T | undefined | Promise<T | undefined>,
  what: string,
  limitMs = 45_000,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const ask = () => {
    Promise.resolve(check()).then((value) => {
      if (value !== undefined) resolve(value);
    }, reject);
  };
  const subscription = event(ask);
  const timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms: ${what}`)), limitMs);
  ask();
  try {
    return await promise;
  } finally {
    subscription.dispose();
    clearTimeout(timer);
  }
}

/** The diagnostics of a document, as soon as they are as expected. */
export function diagnosticsOf(
  uri: vscode.Uri,
  isExpected: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
  what: string,
  limitMs?: number,
): Promise<readonly vscode.Diagnostic[]> {
  return eventually(
    vscode.languages.onDidChangeDiagnostics,
    () => {
      const found = vscode.languages.getDiagnostics(uri);
      return isExpected(found) ? found : undefined;
    },
    what,
    limitMs,
  );
}

/** The name of a run, as commands take it. */
export function runName(id: string): { folder: string; id: string } {
  return { folder: openFolder().uri.toString(), id };
}

export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
