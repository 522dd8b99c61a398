import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { type FindingGroup, findingMessage } from '../../../core/findings/index.ts';
import type { TraceReflection } from '../../../core/reflection/index.ts';
import {
  READ_AT_MOST,
  type SourceMap,
  toTranscriptOffset,
  toTranscriptSpan,
} from '../../../core/transcript/index.ts';
import { findingLook, onFindingSettings } from '../../findingLook.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import type { TranscriptDocuments } from './documents.ts';
import type { LoadedTranscript } from './library.ts';
import { relatedInformation } from './relatedInformation.ts';

/**
 * VS Code draws 1,000 of one file and drops the rest by severity, our word on the rest first: that word is the
 * thousandth.
 */
const SHOWN_AT_MOST = 999;

/**
 * Findings as diagnostics on the spans that they talk about. Two collections, since they have two sources: what critiques
 * claim, and what the trace itself shows of its reflections.
 */
export function registerDiagnostics(services: Services, documents: TranscriptDocuments): void {
  const claims = vscode.languages.createDiagnosticCollection('reflection');
  const traces = vscode.languages.createDiagnosticCollection('reflection trace');
  const newest = new Map<string, Promise<vscode.Diagnostic[]>>();
  const read = async (uri: vscode.Uri) => {
    const transcript = documents.get(uri);
    if (transcript === undefined) return;
    traces.set(uri, superficialReflections(transcript));
    const found = diagnosticsOf(services, transcript);
    newest.set(uri.toString(), found);
    const diagnostics = await found;
    // Closed, read again or looked at with other settings while the critiques were looked up.
    if (newest.get(uri.toString()) === found) claims.set(uri, diagnostics);
  };
  const publish = (uri: vscode.Uri) => {
    read(uri).catch((thrown: unknown) =>
      services.log.warn(`findings on ${uri.path} cannot be shown: ${messageOf(thrown)}`),
    );
  };
  services.context.subscriptions.push(
    claims,
    traces,
    documents.onDidLoad(publish),
    documents.onDidClose((uri) => {
      newest.delete(uri.toString());
      claims.delete(uri);
      traces.delete(uri);
    }),
    onFindingSettings(() => {
      for (const [uri] of claims) publish(uri);
    }),
  );
}

/** Reflections that changed nothing and computed nothing new: faded, and in no list. */
function superficialReflections(transcript: LoadedTranscript): vscode.Diagnostic[] {
  const { sourceMap } = transcript;
  const reflections = sourceMap === null ? [] : (transcript.trace()?.reflections ?? []);
  const shown = reflections
    .filter(({ isSuperficial }) => isSuperficial)
    .slice(0, SHOWN_AT_MOST)
    .map(({ span, transition }: TraceReflection) => {
      const [start, end] = span.map((offset) => toTranscriptOffset(sourceMap ?? NOWHERE, offset));
      const range = new vscode.Range(transcript.place(start ?? 0), transcript.place(end ?? 0));
      const message = vscode.l10n.t(
        'Superficial reflection{0}: the answer stays, and nothing is computed that was not computed before.',
        transition === null ? '' : ` (${transition})`,
      );
      const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Hint);
      diagnostic.source = 'reflection trace';
      diagnostic.code = 'superficial';
      diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
      return diagnostic;
    });
  return [...shown, ...endOfReading(transcript)];
}

/** Where a text is too long to be read to its end, that is said at the place. */
function endOfReading({ place, sourceMap }: LoadedTranscript): vscode.Diagnostic[] {
  const [start, end] = sourceMap?.solution ?? [0, 0];
  if (end - start <= READ_AT_MOST) return [];
  const at = place(start + READ_AT_MOST);
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(at, at),
    vscode.l10n.t('Steps and reflections are looked for in the first {0} characters only.', READ_AT_MOST),
    vscode.DiagnosticSeverity.Information,
  );
  diagnostic.source = 'reflection trace';
  diagnostic.code = 'more';
  return [diagnostic];
}

const NOWHERE: SourceMap = { solution: [0, 0] };

/** The findings that are shown as diagnostics now. */
export function shownFindings(transcript: LoadedTranscript): FindingGroup[] {
  return transcript.findings.filter(findingLook().isShown);
}

/** Where a finding stands in its document. */
export function rangeOf(
  { place }: LoadedTranscript,
  sourceMap: SourceMap,
  group: FindingGroup,
): vscode.Range {
  const [start, end] = toTranscriptSpan(sourceMap, group.span);
  return new vscode.Range(place(start), place(end));
}

async function diagnosticsOf(services: Services, transcript: LoadedTranscript): Promise<vscode.Diagnostic[]> {
  const { sourceMap } = transcript;
  if (sourceMap === null) return [];
  const groups = shownFindings(transcript);
  const relatedOf = relatedInformation(services, transcript, sourceMap);
  const { severityOf } = findingLook();
  const diagnostics: vscode.Diagnostic[] = [];
  for (const group of groups.slice(0, SHOWN_AT_MOST)) {
    const range = rangeOf(transcript, sourceMap, group);
    const diagnostic = diagnosticOf(transcript, group, range, severityOf(group));
    diagnostic.relatedInformation = await relatedOf(group);
    diagnostics.push(diagnostic);
  }
  if (groups.length > SHOWN_AT_MOST) {
    const rest = vscode.l10n.t(
      '{0} more findings are not shown: an editor draws {1} of one file at most. Reject or hide some to see them.',
      groups.length - SHOWN_AT_MOST,
      SHOWN_AT_MOST,
    );
    const more = new vscode.Diagnostic(
      new vscode.Range(0, 0, 0, 0),
      rest,
      vscode.DiagnosticSeverity.Information,
    );
    more.source = 'reflection';
    more.code = 'more';
    diagnostics.push(more);
  }
  return diagnostics;
}

function diagnosticOf(
  { address }: LoadedTranscript,
  group: FindingGroup,
  range: vscode.Range,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, findingMessage(group), severity);
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
  return diagnostic;
}
