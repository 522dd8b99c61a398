/** What a finding leads to: earlier lines of the solution that it calls on, and the critiques' own sentences. */
import * as vscode from 'vscode';
import type { Claim, FindingGroup } from '../../../core/findings/index.ts';
import { earlierPlaces, type Step, splitSteps, splitThinking } from '../../../core/reflection/index.ts';
import {
  createPositions,
  READ_AT_MOST,
  type SourceMap,
  toTranscriptSpan,
} from '../../../core/transcript/index.ts';
import { visibleLine } from '../../../core/visibleText.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { critiquePlace, type LoadedTranscript } from './library.ts';

const RELATED_CHARACTERS = 300;
/** Critiques whose own sentence is linked from a finding, and earlier lines of the solution. */
const RELATED_AT_MOST = 5;

/** Looks things up once for all the findings of a transcript. */
export function relatedInformation(
  services: Services,
  transcript: LoadedTranscript,
  sourceMap: SourceMap,
): (group: FindingGroup) => Promise<vscode.DiagnosticRelatedInformation[]> {
  const earlier = earlierLinesOf(transcript, sourceMap);
  const sentence = sentencesOf(services, transcript.address.folder);
  return async (group) => [...earlier(group), ...(await sentences(group, sentence))];
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
        const line = visibleLine(solution.slice(...earlier), RELATED_CHARACTERS);
        const location = new vscode.Location(uri, new vscode.Range(place(start), place(end)));
        return new vscode.DiagnosticRelatedInformation(location, vscode.l10n.t('earlier: {0}', line));
      });
  };
}

/** The steps of the reasoning and of the answer part, each counted by itself. */
function stepsOf(solution: string): Step[] {
  const { think, summary } = splitThinking(solution.slice(0, READ_AT_MOST));
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
async function sentences(
  group: FindingGroup,
  sentence: SentencePlace,
): Promise<vscode.DiagnosticRelatedInformation[]> {
  const related: vscode.DiagnosticRelatedInformation[] = [];
  for (const claim of group.claims.slice(0, RELATED_AT_MOST)) {
    const place = await sentence(claim);
    const { critique, finding } = claim;
    if (place === null) continue;
    const message = visibleLine(critique.findings[finding]?.message ?? '', RELATED_CHARACTERS);
    related.push(
      new vscode.DiagnosticRelatedInformation(
        place,
        message || vscode.l10n.t('critique {0}', critique.index),
      ),
    );
  }
  return related;
}
