import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import type { ProblemFault } from '../../../core/problems/index.ts';
import type { LintRow } from '../../../core/problems/lint/index.ts';
import type { ParsedSet } from '../../problemDocuments.ts';
import type { Services } from '../../services.ts';
import { createSlicer } from '../../slicer.ts';

/** VS Code draws 1,000 of one file; the thousandth says how many more there are. */
const SHOWN_AT_MOST = 999;

/**
 * What is wrong with a problem file, from two sources: rows that cannot be used, and what lint says of those that can.
 * On opening and saving, not on each key: the near-duplicates of 50,000 problems take a moment.
 */
export function registerProblemDiagnostics(services: Services): vscode.Disposable {
  const faults = vscode.languages.createDiagnosticCollection('reflection problems');
  const lint = vscode.languages.createDiagnosticCollection('reflection lint');
  const check = async (document: vscode.TextDocument) => {
    const set = await services.problems.parsed(document);
    if (document.isClosed) return;
    if (set === null) {
      faults.delete(document.uri);
      lint.delete(document.uri);
      return;
    }
    // A missing gold answer is told by lint, which says it better.
    const unusable = set.faults.filter(({ message }) => !/no gold answer/.test(message));
    faults.set(
      document.uri,
      capped(unusable.map((fault) => diagnosticOf(document, fault, (fault.line ?? 1) - 1))),
    );
    const rows = await lintInSlices(document, set);
    if (rows !== null) lint.set(document.uri, capped(rows.map((row) => lintDiagnostic(document, row))));
  };
  const look = (document: vscode.TextDocument) => {
    check(document).catch((thrown: unknown) =>
      services.log.warn(`${document.fileName} cannot be checked: ${messageOf(thrown)}`),
    );
  };
  for (const document of vscode.workspace.textDocuments) look(document);
  return vscode.Disposable.from(
    faults,
    lint,
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidSaveTextDocument(look),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      faults.delete(uri);
      lint.delete(uri);
    }),
  );
}

/** Null when the document was edited or closed meanwhile. */
async function lintInSlices(
  document: vscode.TextDocument,
  { problems }: ParsedSet,
): Promise<LintRow[] | null> {
  const { version } = document;
  const { createLinter } = await import('../../problemReading.ts');
  const linter = createLinter();
  const rows: LintRow[] = [];
  const pause = createSlicer();
  for (const { problem, line } of problems) {
    rows.push(...linter.add(document.fileName, line + 1, problem));
    const waiting = pause();
    if (waiting !== undefined) await waiting;
    if (document.isClosed || document.version !== version) return null;
  }
  return rows;
}

type Fault = Pick<ProblemFault, 'field' | 'message' | 'remedy'> & {
  readonly severity: 'error' | 'warning' | 'info';
};

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

function diagnosticOf(document: vscode.TextDocument, fault: Fault, line: number): vscode.Diagnostic {
  const field = fault.field === null ? '' : `field "${fault.field}": `;
  const range = rangeOf(document, line, fault.field);
  const diagnostic = new vscode.Diagnostic(
    range,
    `${field}${fault.message}. ${fault.remedy}`,
    SEVERITIES[fault.severity],
  );
  diagnostic.source = 'reflection';
  return diagnostic;
}

function lintDiagnostic(document: vscode.TextDocument, row: LintRow): vscode.Diagnostic {
  const diagnostic = diagnosticOf(document, row, row.line - 1);
  diagnostic.source = 'reflection lint';
  diagnostic.code = row.rule;
  if (row.other !== undefined) {
    const at = new vscode.Position(Math.max(0, row.other.line - 1), 0);
    const place = new vscode.Location(vscode.Uri.file(row.other.file), at);
    diagnostic.relatedInformation = [new vscode.DiagnosticRelatedInformation(place, row.other.problemId)];
  }
  return diagnostic;
}

/** The field's key in its line, or the whole line. */
function rangeOf(document: vscode.TextDocument, at: number, field: string | null): vscode.Range {
  const line = document.lineAt(Math.min(Math.max(0, at), document.lineCount - 1));
  const key = field === null ? -1 : line.text.indexOf(`"${field}"`);
  if (field === null || key < 0) return line.range;
  return new vscode.Range(line.lineNumber, key, line.lineNumber, key + field.length + 2);
}

function capped(diagnostics: vscode.Diagnostic[]): vscode.Diagnostic[] {
  if (diagnostics.length <= SHOWN_AT_MOST) return diagnostics;
  const more = new vscode.Diagnostic(
    new vscode.Range(0, 0, 0, 0),
    vscode.l10n.t(
      '{0} more are not shown; "reflection lint" lists them all.',
      diagnostics.length - SHOWN_AT_MOST,
    ),
    vscode.DiagnosticSeverity.Information,
  );
  more.source = 'reflection';
  return [...diagnostics.slice(0, SHOWN_AT_MOST), more];
}
