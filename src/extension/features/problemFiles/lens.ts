import * as vscode from 'vscode';
import { lensName } from '../../lensName.ts';
import type { PlacedProblem } from '../../problemDocuments.ts';
import type { Services } from '../../services.ts';
import { onSetting, setting } from '../../settings.ts';
import { PROBLEM_FILES } from './selector.ts';

/** Beyond this a file is no longer read by eye. */
const PROBLEMS_AT_MOST = 500;

/** `Solve · Critique · Sample` above the file and above each problem. */
export function registerProblemLens(services: Services): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: async (document) => {
      if (!setting('reflection.codeLens', document.uri)) return [];
      const set = await services.problems.parsed(document);
      if (set === null) return [];
      const problems = set.problems.slice(0, PROBLEMS_AT_MOST);
      return [...fileLenses(document), ...problems.flatMap((problem) => problemLenses(document, problem))];
    },
  };
  return vscode.Disposable.from(
    changed,
    onSetting(['reflection.codeLens'], () => changed.fire()),
    vscode.languages.registerCodeLensProvider(PROBLEM_FILES, provider),
  );
}

function fileLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const top = new vscode.Range(0, 0, 0, 0);
  const target = { file: document.uri.fsPath };
  return [
    lens(top, `$(beaker) ${vscode.l10n.t('Evaluate file')}`, 'reflection.evaluate', target),
    lens(top, vscode.l10n.t('Rejection-sample critiques'), 'reflection.sample', target),
  ];
}

function problemLenses(document: vscode.TextDocument, { line, problem }: PlacedProblem): vscode.CodeLens[] {
  const range = new vscode.Range(line, 0, line, 0);
  const target = { file: document.uri.fsPath, problem: problem.id };
  return [
    lens(range, vscode.l10n.t('{0}: solve', lensName(problem.id)), 'reflection.evaluate', target),
    ...(problem.solution === undefined
      ? []
      : [lens(range, vscode.l10n.t('critique'), 'reflection.critique', target)]),
    lens(range, vscode.l10n.t('sample'), 'reflection.sample', { ...target, n: 12 }),
  ];
}

function lens(range: vscode.Range, title: string, command: string, target: object): vscode.CodeLens {
  return new vscode.CodeLens(range, { title, command, arguments: [target] });
}
