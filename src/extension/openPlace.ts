import * as vscode from 'vscode';

/** Opens a file at a line (counted from 1). */
export async function openPlace(file: string, line?: number): Promise<void> {
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}
