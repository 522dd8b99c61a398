import * as vscode from 'vscode';
import { findingMessage } from '../../../core/findings/index.ts';
import { visibleLine } from '../../../core/visibleText.ts';
import { choose } from '../../choose.ts';
import type { CommandId } from '../../contributions.ts';
import { TRANSCRIPT_SCHEME } from '../../contributions.ts';
import type { Services } from '../../services.ts';
import { type FindingTarget, findingFor, type PlacedFinding, placedFindings } from './current.ts';
import type { TranscriptDocuments } from './documents.ts';

/** The quick fixes as a list, for the keyboard: VS Code's own Quick Fix command is disabled in read-only editors. */
export async function reviewFinding(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<void> {
  const finding = await findingFor(services, documents, parameter);
  const { command, n } = await choose(
    findingMessage(finding.group),
    fixes().map((fix) => ({ label: fix.title, value: fix })),
    vscode.l10n.t('What about this finding?'),
  );
  await vscode.commands.executeCommand(command, { ...targetOfFinding(finding), ...(n && { n }) });
}

/** Reviews first; what starts a model comes last. */
function fixes(): readonly { readonly title: string; readonly command: CommandId; readonly n?: number }[] {
  return [
    { title: vscode.l10n.t('Accept'), command: 'reflection.acceptFinding' },
    { title: vscode.l10n.t('Reject'), command: 'reflection.rejectFinding' },
    { title: vscode.l10n.t('Mark superficial'), command: 'reflection.markSuperficial' },
    { title: vscode.l10n.t('Show whole critique'), command: 'reflection.showCritique' },
    { title: vscode.l10n.t('Edit critique'), command: 'reflection.editCritique' },
    { title: vscode.l10n.t('Resample 4 critiques here'), command: 'reflection.resampleCritiques', n: 4 },
    { title: vscode.l10n.t('Resample 16 critiques here'), command: 'reflection.resampleCritiques', n: 16 },
    { title: vscode.l10n.t('Continue from before this step'), command: 'reflection.continueFromHere' },
    { title: vscode.l10n.t('Ask another model'), command: 'reflection.askAnotherModel' },
  ];
}

/** Reviewing, on each finding; and one action for the whole document. */
export function registerQuickFixes(services: Services, documents: TranscriptDocuments): void {
  services.context.subscriptions.push(
    vscode.languages.registerCodeActionsProvider(
      { scheme: TRANSCRIPT_SCHEME },
      {
        provideCodeActions: (document, range, context) => [
          ...actions(documents, document, range, context),
          ...sourceActions(documents, document, context),
        ],
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, ACCEPT_VERIFIED] },
    ),
  );
}

const ACCEPT_VERIFIED = vscode.CodeActionKind.Source.append('acceptVerified.reflection');

/** Findings of critiques that reached the gold answer, and that nobody has decided on yet. */
export function openVerified(documents: TranscriptDocuments, uri: vscode.Uri): PlacedFinding[] {
  return placedFindings(documents, uri).filter(
    ({ group }) => group.isVerified && group.decision === null && group.kind !== 'confirmed',
  );
}

function sourceActions(
  documents: TranscriptDocuments,
  { uri }: vscode.TextDocument,
  context: vscode.CodeActionContext,
): vscode.CodeAction[] {
  // Only when asked for: a lightbulb on every line would hide those that mean something.
  if (context.only === undefined || !context.only.contains(ACCEPT_VERIFIED)) return [];
  const { length } = openVerified(documents, uri);
  if (length === 0) return [];
  const title = vscode.l10n.t('Accept all verified findings ({0})', length);
  const action = new vscode.CodeAction(title, ACCEPT_VERIFIED);
  action.command = { command: 'reflection.acceptVerified', title, arguments: [uri.toString()] };
  return [action];
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
    return fixes().map(({ title, command, n }) => {
      const action = new vscode.CodeAction(`${title}${about}`, vscode.CodeActionKind.QuickFix);
      action.command = { command, title, arguments: [{ ...targetOfFinding(finding), ...(n && { n }) }] };
      action.diagnostics = diagnostics;
      action.isPreferred = command === 'reflection.acceptFinding' && here.length === 1;
      return action;
    });
  });
}

function targetOfFinding({ uri, group }: Pick<PlacedFinding, 'uri' | 'group'>): FindingTarget {
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
  return visibleLine(message, TITLE_CHARACTERS);
}
