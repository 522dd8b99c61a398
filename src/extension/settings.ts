import * as vscode from 'vscode';
import type { SettingValues } from './contributions/settings.ts';

/** The value of a setting, for a file or folder where it may differ. */
export function setting<Id extends keyof SettingValues>(id: Id, scope?: vscode.Uri): SettingValues[Id] {
  // VS Code checks the type against the manifest, which is generated from the same data as SettingValues.
  return vscode.workspace.getConfiguration(undefined, scope ?? null).get(id) as SettingValues[Id];
}

/** Calls back when one of the settings has changed. */
export function onSetting(ids: readonly (keyof SettingValues)[], changed: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (ids.some((id) => event.affectsConfiguration(id))) changed();
  });
}
