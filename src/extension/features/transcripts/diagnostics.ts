import * as vscode from 'vscode';
import { type FindingGroup, findingMessage } from '../../../core/findings/index.ts';
import { positionAt, type SourceMap, toTranscriptSpan } from '../../../core/transcript/index.ts';
import type { Services } from '../../services.ts';
import { onSetting, setting } from '../../settings.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import type { TranscriptDocuments } from './documents.ts';
import { critiquePlace, type LoadedTranscript } from './library.ts';

/** More squiggles than this help nobody; the rest is counted in one more diagnostic. */
const SHOWN_AT_MOST = 1000;
/** Critiques whose own sentence is linked from a finding. */
const RELATED_AT_MOST = 5;

/** Findings as diagnostics on the spans that they talk about, in one collection. */
export function registerDiagnostics(services: Services, documents: TranscriptDocuments): void {
  const collection = vscode.languages.createDiagnosticCollection('reflection');
  const publish = async (uri: vscode.Uri) => {
    const transcript = documents.get(uri);
    if (transcript === undefined) return;
    const diagnostics = await diagnosticsOf(services, transcript);
    // The document may have been closed or read again while the critiques were looked up.
    if (documents.get(uri) === transcript) collection.set(uri, diagnostics);
  };
  const publishAll = () => {
    for (const [uri] of collection) void publish(uri);
  };
  services.context.subscriptions.push(
    collection,
    documents.onDidLoad((uri) => void publish(uri)),
    documents.onDidClose((uri) => collection.delete(uri)),
    onSetting(['reflection.findings.unverified', 'reflection.findings.confirmed'], publishAll),
  );
}

/** The findings that are shown as diagnostics now. */
export function shownFindings(transcript: LoadedTranscript): FindingGroup[] {
  const showUnverified = setting('reflection.findings.unverified');
  const showConfirmed = setting('reflection.findings.confirmed');
  return transcript.findings.filter(
    (group) =>
      group.decision !== 'reject' &&
      (group.kind === 'confirmed' ? showConfirmed : group.isVerified || showUnverified),
  );
}

/** Where a finding stands in its document. */
export function rangeOf(text: string, sourceMap: SourceMap, group: FindingGroup): vscode.Range {
  const [start, end] = toTranscriptSpan(sourceMap, group.span);
  return new vscode.Range(toPosition(text, start), toPosition(text, end));
}

async function diagnosticsOf(services: Services, transcript: LoadedTranscript): Promise<vscode.Diagnostic[]> {
  const { sourceMap, text } = transcript;
  if (sourceMap === null) return [];
  const groups = shownFindings(transcript);
  const diagnostics: vscode.Diagnostic[] = [];
  for (const group of groups.slice(0, SHOWN_AT_MOST)) {
    diagnostics.push(await diagnosticOf(services, transcript, group, rangeOf(text, sourceMap, group)));
  }
  if (groups.length > SHOWN_AT_MOST) {
    const rest = `${groups.length - SHOWN_AT_MOST} more findings are not shown.`;
    diagnostics.push(
      new vscode.Diagnostic(new vscode.Range(0, 0, 0, 0), rest, vscode.DiagnosticSeverity.Information),
    );
  }
  return diagnostics;
}

async function diagnosticOf(
  services: Services,
  { address }: LoadedTranscript,
  group: FindingGroup,
  range: vscode.Range,
): Promise<vscode.Diagnostic> {
  const diagnostic = new vscode.Diagnostic(range, findingMessage(group), severityOf(group));
  const [first] = group.claims;
  diagnostic.source = 'reflection';
  diagnostic.code = {
    value: group.kind,
    target: transcriptUri({
      folder: address.folder,
      run: first.run,
      kind: 'critique',
      sample: first.critique.id,
    }),
  };
  if (group.kind === 'superficial' || group.decision === 'superficial') {
    diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  }
  diagnostic.relatedInformation = await relatedInformation(services, address.folder, group);
  return diagnostic;
}

/** Severity follows the evidence: only a critique that reached the gold answer is worth a warning. */
function severityOf({ kind, isVerified, decision }: FindingGroup): vscode.DiagnosticSeverity {
  if (kind === 'confirmed') return vscode.DiagnosticSeverity.Information;
  if (decision === 'superficial') return vscode.DiagnosticSeverity.Hint;
  return isVerified || decision === 'accept'
    ? vscode.DiagnosticSeverity.Warning
    : vscode.DiagnosticSeverity.Hint;
}

/** The critiques' own sentences, each a click away. */
async function relatedInformation(
  services: Services,
  folder: string,
  group: FindingGroup,
): Promise<vscode.DiagnosticRelatedInformation[]> {
  const related: vscode.DiagnosticRelatedInformation[] = [];
  for (const { run, critique, finding } of group.claims.slice(0, RELATED_AT_MOST)) {
    const place = await critiquePlace(services, vscode.Uri.parse(folder), run, critique);
    const message = critique.findings[finding]?.message ?? '';
    if (place === null) continue;
    const within = Math.max(0, critique.text.indexOf(message));
    const start = toPosition(place.text, place.start + within);
    const end = toPosition(place.text, place.start + within + message.length);
    const uri = transcriptUri({ folder, run, kind: 'critique', sample: critique.id });
    related.push(
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(uri, new vscode.Range(start, end)),
        message || `critique ${critique.index}`,
      ),
    );
  }
  return related;
}

function toPosition(text: string, offset: number): vscode.Position {
  const { line, character } = positionAt(text, offset);
  return new vscode.Position(line, character);
}
