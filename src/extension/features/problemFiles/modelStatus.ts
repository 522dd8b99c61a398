import path from 'node:path';
import * as vscode from 'vscode';
import { modelInUse, onDidChooseModel } from '../../modelInUse.ts';
import { modelTitle } from '../../modelTitle.ts';
import type { Services } from '../../services.ts';
import { onSetting } from '../../settings.ts';
import { PROBLEM_FILES } from './selector.ts';

/** Which model the active problem file would be tried with; a click chooses another. */
export function registerModelStatus(services: Services): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('reflection.model', PROBLEM_FILES);
  item.name = vscode.l10n.t('Model');
  item.command = { command: 'reflection.selectModel', title: vscode.l10n.t('Change') };
  const show = async () => {
    const document = vscode.window.activeTextEditor?.document;
    const folder = document && vscode.workspace.getWorkspaceFolder(document.uri);
    const set = document === undefined ? null : await services.problems.parsed(document);
    if (document === undefined || folder === undefined || set === null) {
      item.text = '';
      return;
    }
    item.text = `$(hubot) ${modelTitle(services, folder, modelInUse(services, folder))}`;
    item.detail = vscode.l10n.t(
      'model for {0}: {1} problems',
      path.basename(document.fileName),
      set.problems.length,
    );
  };
  void show();
  return vscode.Disposable.from(
    item,
    onDidChooseModel(() => void show()),
    onSetting(['reflection.defaultModel'], () => void show()),
    vscode.window.onDidChangeActiveTextEditor(() => void show()),
    vscode.workspace.onDidSaveTextDocument(() => void show()),
  );
}
