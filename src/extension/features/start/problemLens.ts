import * as vscode from 'vscode';
import { createProblemReader, formatOfFile } from '../../../core/problems/index.ts';
import { splitRows } from '../../../core/problems/rows.ts';
import { isProblemFile } from '../../problemFiles.ts';
import { onSetting, setting } from '../../settings.ts';

/** Beyond this a file is no longer read by eye, and its rows are not all parsed. */
const PROBLEMS_AT_MOST = 500;

/** `Solve · Critique · Sample` above the file and above each problem. */
export function registerProblemLens(): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: async (document) => {
      if (!setting('reflection.codeLens', document.uri)) return [];
      if (!(await isProblemFile(document.uri.fsPath))) return [];
      return [...fileLenses(document), ...problemLenses(document)];
    },
  };
  const selector: vscode.DocumentFilter[] = ['jsonl', 'ndjson', 'json', 'csv', 'problem.md'].map(
    (extension) => ({
      scheme: 'file',
      pattern: `**/*.${extension}`,
    }),
  );
  return vscode.Disposable.from(
    changed,
    onSetting(['reflection.codeLens'], () => changed.fire()),
    vscode.languages.registerCodeLensProvider(selector, provider),
  );
}

function fileLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const top = new vscode.Range(0, 0, 0, 0);
  const target = { file: document.uri.fsPath };
  return [
    lens(top, '$(beaker) Evaluate file', 'reflection.evaluate', target),
    lens(top, 'Rejection-sample critiques', 'reflection.sample', target),
  ];
}

function problemLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const format = formatOfFile(document.fileName);
  if (format === null || format === 'parquet') return [];
  const read = createProblemReader({ file: document.fileName }, () => undefined);
  const rows = splitRows(document.getText(), format).slice(0, PROBLEMS_AT_MOST);
  return rows.flatMap((row) => {
    const problem = read(row);
    if (problem === null) return [];
    const line = new vscode.Range(row.line - 1, 0, row.line - 1, 0);
    const target = { file: document.uri.fsPath, problem: problem.id };
    return [
      lens(line, `${problem.id}: solve`, 'reflection.evaluate', target),
      ...(problem.solution === undefined ? [] : [lens(line, 'critique', 'reflection.critique', target)]),
      lens(line, 'sample', 'reflection.sample', { ...target, n: 12 }),
    ];
  });
}

function lens(range: vscode.Range, title: string, command: string, target: object): vscode.CodeLens {
  return new vscode.CodeLens(range, { title, command, arguments: [target] });
}
