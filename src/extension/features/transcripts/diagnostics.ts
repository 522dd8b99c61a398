import * as vscode from 'vscode';
import { type Claim, type FindingGroup, findingMessage } from '../../../core/findings/index.ts';
import {
  earlierPlaces,
  type Step,
  splitSteps,
  splitThinking,
  type TraceReflection,
} from '../../../core/reflection/index.ts';
import {
  createPositions,
  type SourceMap,
  toTranscriptOffset,
  toTranscriptSpan,
} from '../../../core/transcript/index.ts';
import type { Services } from '../../services.ts';
import { onSetting, setting } from '../../settings.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import type { TranscriptDocuments } from './documents.ts';
import { critiquePlace, type LoadedTranscript } from './library.ts';

/** More squiggles than this help nobody; the rest is counted in one more diagnostic. */
const SHOWN_AT_MOST = 1000;
/** Critiques whose own sentence is linked from a finding, and earlier lines of the solution. */
const RELATED_AT_MOST = 5;

/**
 * Findings as diagnostics on the spans that they talk about. Two collections, since they have two sources: what critiques
 * claim, and what the trace itself shows of its reflections.
 */
export function registerDiagnostics(services: Services, documents: TranscriptDocuments): void {
  const claims = vscode.languages.createDiagnosticCollection('reflection');
  const traces = vscode.languages.createDiagnosticCollection('reflection trace');
  const publish = async (uri: vscode.Uri) => {
    const transcript = documents.get(uri);
    if (transcript === undefined) return;
    traces.set(uri, superficialReflections(transcript));
    const diagnostics = await diagnosticsOf(services, transcript);
    // The document may have been closed or read again while the critiques were looked up.
    if (documents.get(uri) === transcript) claims.set(uri, diagnostics);
  };
  const publishAll = () => {
    for (const [uri] of claims) void publish(uri);
  };
  services.context.subscriptions.push(
    claims,
    traces,
    documents.onDidLoad((uri) => void publish(uri)),
    documents.onDidClose((uri) => {
      claims.delete(uri);
      traces.delete(uri);
    }),
    onSetting(
      [
        'reflection.findings.unverified',
        'reflection.findings.confirmed',
        'reflection.findings.verifiedSeverity',
      ],
      publishAll,
    ),
  );
}

/** Reflections that changed nothing and computed nothing new: faded, and in no list. */
function superficialReflections(transcript: LoadedTranscript): vscode.Diagnostic[] {
  const { sourceMap } = transcript;
  const reflections = sourceMap === null ? [] : (transcript.trace()?.reflections ?? []);
  return reflections
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
}

const NOWHERE: SourceMap = { solution: [0, 0] };

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
  const sentence = sentencesOf(services, transcript.address.folder);
  const earlier = earlierLinesOf(transcript, sourceMap);
  const diagnostics: vscode.Diagnostic[] = [];
  for (const group of groups.slice(0, SHOWN_AT_MOST)) {
    const related = [...earlier(group), ...(await relatedInformation(group, sentence))];
    diagnostics.push(diagnosticOf(transcript, group, rangeOf(transcript, sourceMap, group), related));
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
  related: vscode.DiagnosticRelatedInformation[],
): vscode.Diagnostic {
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
  diagnostic.relatedInformation = related;
  return diagnostic;
}

const SEVERITIES = {
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
} as const;

/** Severity follows the evidence: only a critique that reached the gold answer is worth a warning. */
function severityOf({ kind, isVerified, decision }: FindingGroup): vscode.DiagnosticSeverity {
  if (kind === 'confirmed') return vscode.DiagnosticSeverity.Information;
  if (decision === 'superficial' || !(isVerified || decision === 'accept' || decision === 'edited'))
    return vscode.DiagnosticSeverity.Hint;
  return SEVERITIES[setting('reflection.findings.verifiedSeverity')];
}

/** The earlier lines of the solution that a finding contradicts or calls on. */
function earlierLinesOf(
  transcript: LoadedTranscript,
  sourceMap: SourceMap,
): (group: FindingGroup) => vscode.DiagnosticRelatedInformation[] {
  const { address, place, text } = transcript;
  const solution = text.slice(...sourceMap.solution);
  const uri = transcriptUri(address);
  let steps: Step[] | undefined;
  return ({ claims: [first], span }) => {
    steps ??= stepsOf(solution);
    const said = first.critique.findings[first.finding]?.message ?? '';
    return earlierPlaces(said, solution, steps, span)
      .slice(0, RELATED_AT_MOST)
      .map((earlier) => {
        const [start, end] = toTranscriptSpan(sourceMap, earlier);
        const line =
          solution
            .slice(...earlier)
            .trim()
            .split('\n', 1)[0] ?? '';
        const location = new vscode.Location(uri, new vscode.Range(place(start), place(end)));
        return new vscode.DiagnosticRelatedInformation(location, vscode.l10n.t('earlier: {0}', line));
      });
  };
}

/** The steps of the reasoning and of the answer part, each counted by itself. */
function stepsOf(solution: string): Step[] {
  const { think, summary } = splitThinking(solution);
  return [think, summary].flatMap((part) => (part === null ? [] : splitSteps(solution, part)));
}

/** Where the sentence of a claim stands in the document of its critique. */
type SentencePlace = (claim: Claim) => Promise<vscode.Location | null>;

/** Renders each critique once, however many findings lead to it. */
function sentencesOf(services: Services, folder: string): SentencePlace {
  type Rendered = { start: number; position: ReturnType<typeof createPositions> };
  const known = new Map<string, Promise<Rendered | null>>();
  const render = async ({ run, critique }: Claim): Promise<Rendered | null> => {
    const place = await critiquePlace(services, vscode.Uri.parse(folder), run, critique);
    return place && { start: place.start, position: createPositions(place.text) };
  };
  return async (claim) => {
    const { run, critique, finding } = claim;
    const key = `${run} ${critique.id}`;
    const rendering = known.get(key) ?? render(claim);
    known.set(key, rendering);
    const rendered = await rendering;
    if (rendered === null) return null;
    const message = critique.findings[finding]?.message ?? '';
    const start = rendered.start + Math.max(0, critique.text.indexOf(message));
    const [from, to] = [rendered.position(start), rendered.position(start + message.length)];
    const uri = transcriptUri({ folder, run, kind: 'critique', sample: critique.id });
    return new vscode.Location(uri, new vscode.Range(from.line, from.character, to.line, to.character));
  };
}

/** The critiques' own sentences, each a click away. */
async function relatedInformation(
  group: FindingGroup,
  sentence: SentencePlace,
): Promise<vscode.DiagnosticRelatedInformation[]> {
  const related: vscode.DiagnosticRelatedInformation[] = [];
  for (const claim of group.claims.slice(0, RELATED_AT_MOST)) {
    const place = await sentence(claim);
    const { critique, finding } = claim;
    if (place === null) continue;
    const message = critique.findings[finding]?.message ?? '';
    related.push(
      new vscode.DiagnosticRelatedInformation(
        place,
        message || vscode.l10n.t('critique {0}', critique.index),
      ),
    );
  }
  return related;
}
