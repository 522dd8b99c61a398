import * as vscode from 'vscode';
import { findingMessage } from '../../../core/findings/index.ts';
import type { CommandId } from '../../contributions.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { choose } from '../../target.ts';
import { type FindingTarget, findingFor, type PlacedFinding, placedFindings } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';

/** The quick fixes as a list, for the keyboard: VS Code's own Quick Fix command is disabled in read-only editors. */
export async function reviewFinding(documents: TranscriptDocuments, parameter: unknown): Promise<void> {
  const finding = findingFor(documents, parameter);
  const command = await choose(
    findingMessage(finding.group),
    FIXES.map(({ title, command }) => ({ label: title, value: command })),
    'What about this finding?',
  );
  await vscode.commands.executeCommand(command, targetOfFinding(finding));
}

const FIXES: readonly { readonly title: string; readonly command: CommandId }[] = [
  { title: 'Accept', command: 'reflection.acceptFinding' },
  { title: 'Reject', command: 'reflection.rejectFinding' },
  { title: 'Mark superficial', command: 'reflection.markSuperficial' },
  { title: 'Show whole critique', command: 'reflection.showCritique' },
];

/** Accept, reject, superficial and the whole critique, on each finding. */
export function registerQuickFixes(services: Services, documents: TranscriptDocuments): void {
  services.context.subscriptions.push(
    vscode.languages.registerCodeActionsProvider(
      { scheme: TRANSCRIPT_SCHEME },
      { provideCodeActions: (document, range, context) => actions(documents, document, range, context) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
}

function actions(
  documents: TranscriptDocuments,
  document: vscode.TextDocument,
  range: vscode.Range,
  context: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const here = placedFindings(documents, document.uri).filter((finding) => finding.range.intersection(range));
  return here.flatMap((finding) => {
    const diagnostics = context.diagnostics.filter((diagnostic) => isAbout(diagnostic, finding));
    // With several findings in one place each title says which one it means.
    const about = here.length > 1 ? `: ${shortened(finding)}` : '';
    return FIXES.map(({ title, command }) => {
      const action = new vscode.CodeAction(`${title}${about}`, vscode.CodeActionKind.QuickFix);
      action.command = { command, title, arguments: [targetOfFinding(finding)] };
      action.diagnostics = diagnostics;
      action.isPreferred = command === 'reflection.acceptFinding' && here.length === 1;
      return action;
    });
  });
}

function targetOfFinding({ uri, group }: PlacedFinding): FindingTarget {
  return { transcript: uri.toString(), finding: group.key };
}

function isAbout(diagnostic: vscode.Diagnostic, { range, group }: PlacedFinding): boolean {
  const { code } = diagnostic;
  const kind = typeof code === 'object' ? code.value : code;
  return diagnostic.source === 'reflection' && kind === group.kind && diagnostic.range.isEqual(range);
}

const TITLE_CHARACTERS = 40;

function shortened({ group: { claims, kind } }: PlacedFinding): string {
  const [first] = claims;
  const message = first.critique.findings[first.finding]?.message ?? kind;
  return message.length > TITLE_CHARACTERS ? `${message.slice(0, TITLE_CHARACTERS)}…` : message;
}
