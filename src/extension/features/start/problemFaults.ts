import * as vscode from 'vscode';
import { formatOfFile, type ProblemFault, parseProblems } from '../../../core/problems/index.ts';
import { isProblemFile } from '../../problemFiles.ts';

/** A file that takes longer than a blink to parse is told about when it is evaluated, not while it is edited. */
const CHARACTERS_AT_MOST = 5_000_000;
const SHOWN_AT_MOST = 200;

/** Rows of an open problem file that cannot be used, as diagnostics with their remedy. */
export function registerProblemFaults(): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('reflection problems');
  const check = async (document: vscode.TextDocument) => {
    const diagnostics = await faultsOf(document);
    if (!document.isClosed) collection.set(document.uri, diagnostics);
  };
  for (const document of vscode.workspace.textDocuments) void check(document);
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument((document) => void check(document)),
    // On saving, not on each key: a set of 50,000 rows takes a moment.
    vscode.workspace.onDidSaveTextDocument((document) => void check(document)),
    vscode.workspace.onDidCloseTextDocument((document) => collection.delete(document.uri)),
  );
}

async function faultsOf(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  const format = formatOfFile(document.fileName);
  if (document.uri.scheme !== 'file' || format === null || format === 'parquet') return [];
  const text = document.getText();
  if (text.length > CHARACTERS_AT_MOST || !(await isProblemFile(document.uri.fsPath))) return [];
  const { faults } = parseProblems(text, { file: document.uri.fsPath, format });
  return faults.slice(0, SHOWN_AT_MOST).map((fault) => diagnosticOf(document, fault));
}

function diagnosticOf(document: vscode.TextDocument, fault: ProblemFault): vscode.Diagnostic {
  const line = document.lineAt(Math.min(Math.max(0, (fault.line ?? 1) - 1), document.lineCount - 1));
  const field = fault.field === null ? '' : `field "${fault.field}": `;
  const severity =
    fault.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(line.range, `${field}${fault.message}. ${fault.remedy}`, severity);
  diagnostic.source = 'reflection';
  return diagnostic;
}
