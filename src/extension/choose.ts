import * as vscode from 'vscode';
import { Cancelled } from './showError.ts';

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Lets the person choose one; escaping throws `Cancelled`. */
export async function choose<T>(
  title: string,
  choices: readonly (Choice<T> | vscode.QuickPickItem)[],
  placeHolder: string,
): Promise<T> {
  const chosen = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined || !('value' in chosen)) throw new Cancelled();
  return chosen.value;
}

/** A heading between choices. */
export function heading(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
