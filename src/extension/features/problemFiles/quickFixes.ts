import * as vscode from 'vscode';
import { withId, withNulls } from '../../../core/problems/rowFixes.ts';
import { PROBLEM_FILES } from './selector.ts';

/** Edits that mend what is wrong with a row; each is one undoable step. */
export function registerProblemQuickFixes(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    PROBLEM_FILES,
    {
      provideCodeActions: (document, _range, { diagnostics }) =>
        diagnostics
          .filter(({ source }) => source === 'reflection' || source === 'reflection lint')
          .flatMap((diagnostic) => fixesOf(document, diagnostic)),
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

/** Fits `hiddenCharacters` of the lint rules, as they stand in the file and as JSON escapes. */
const HIDDEN =
  /[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|\\u(?:061c|200[b-f]|202[a-e]|2060|206[6-9]|feff)/gi;

function fixesOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
  const { message, code } = diagnostic;
  const line = document.lineAt(diagnostic.range.start.line);
  const isRow = /\.(jsonl|ndjson)$/i.test(document.fileName);
  const fixes: vscode.CodeAction[] = [];
  const add = (title: string, text: string) => {
    const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    fix.edit = new vscode.WorkspaceEdit();
    fix.edit.replace(document.uri, line.range, text);
    fix.diagnostics = [diagnostic];
    fix.isPreferred = fixes.length === 0;
    fixes.push(fix);
  };
  if (code === 'hidden-characters' || code === 'broken-characters') {
    const clean = line.text.replace(HIDDEN, '');
    if (clean !== line.text) add(vscode.l10n.t('Delete hidden characters'), clean);
  }
  const other = /is already used in line \d+; read as "(?<other>.+)"/.exec(message)?.groups?.other;
  const renamed = other === undefined || !isRow ? null : withId(line.text, other);
  if (other !== undefined && renamed !== null)
    add(vscode.l10n.t('Give it the id {0}', JSON.stringify(other)), renamed);
  if (/(?:NaN|Infinity) is not JSON/.test(message)) {
    const nulls = withNulls(line.text);
    if (nulls !== line.text) add(vscode.l10n.t('Write null instead'), nulls);
  }
  if (isRow && (diagnostic.severity === vscode.DiagnosticSeverity.Error || code === 'near-duplicate')) {
    const fix = new vscode.CodeAction(vscode.l10n.t('Delete this row'), vscode.CodeActionKind.QuickFix);
    fix.edit = new vscode.WorkspaceEdit();
    fix.edit.delete(document.uri, line.rangeIncludingLineBreak);
    fix.diagnostics = [diagnostic];
    fixes.push(fix);
  }
  return fixes;
}
