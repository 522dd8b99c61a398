import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { FindingGroup } from '../../../core/findings/index.ts';
import type { Services } from '../../services.ts';
import { transcriptAddress } from '../../transcriptAddress.ts';
import { rangeOf, shownFindings } from './diagnostics.ts';
import type { TranscriptDocuments } from './documents.ts';
import { type LoadedTranscript, solutionsAround } from './library.ts';

/** A finding with its place in an open transcript. */
export interface PlacedFinding {
  readonly uri: vscode.Uri;
  readonly transcript: LoadedTranscript;
  readonly group: FindingGroup;
  readonly range: vscode.Range;
}

/** The findings that an open transcript shows, in the order of the text. */
export function placedFindings(documents: TranscriptDocuments, uri: vscode.Uri): PlacedFinding[] {
  const transcript = documents.get(uri);
  const sourceMap = transcript?.sourceMap ?? null;
  if (transcript === undefined || sourceMap === null) return [];
  return shownFindings(transcript).map((group) => ({
    uri,
    transcript,
    group,
    range: rangeOf(transcript, sourceMap, group),
  }));
}

/** What a quick fix or a row of the Review view passes to a command. */
export interface FindingTarget {
  readonly transcript: string;
  readonly finding: string;
}

/** A finding and the workspace folder of its run. */
export interface KnownFinding {
  readonly uri: vscode.Uri;
  readonly folder: vscode.Uri;
  readonly group: FindingGroup;
}

/**
 * The finding that a command means: the one it was given, even when its transcript is not open, or the one at the
 * cursor.
 */
export async function findingFor(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<KnownFinding> {
  const found = isFindingTarget(parameter) ? await named(services, parameter) : atCursor(documents);
  if (found !== undefined) return found;
  throw new UserError('no-finding', vscode.l10n.t('There is no finding here.'), {
    remedy: vscode.l10n.t('Put the cursor on a marked step; F8 goes to the next one.'),
  });
}

/** The finding at a place: the smallest range around it, else one on the same line. */
export function findingAt(
  documents: TranscriptDocuments,
  uri: vscode.Uri,
  position: vscode.Position,
): PlacedFinding | undefined {
  const all = placedFindings(documents, uri);
  const around = all.filter(({ range }) => range.contains(position));
  const onLine = all.filter(
    ({ range }) => range.start.line <= position.line && position.line <= range.end.line,
  );
  return (around.length > 0 ? around : onLine).sort((a, b) => size(a) - size(b))[0];
}

async function named(services: Services, target: FindingTarget): Promise<KnownFinding | undefined> {
  const uri = vscode.Uri.parse(target.transcript);
  const address = transcriptAddress(uri);
  if (address === null) return undefined;
  const folder = vscode.Uri.parse(address.folder);
  const run = services.runs.find(folder, address.run);
  const around = run && (await solutionsAround(services, run, address.sample));
  const group = around?.findings.get(address.sample)?.find(({ key }) => key === target.finding);
  return group && { uri, folder, group };
}

function atCursor(documents: TranscriptDocuments): KnownFinding | undefined {
  const editor = vscode.window.activeTextEditor;
  const found = editor && findingAt(documents, editor.document.uri, editor.selection.active);
  return (
    found && { uri: found.uri, folder: vscode.Uri.parse(found.transcript.address.folder), group: found.group }
  );
}

function size({ group: { span } }: PlacedFinding): number {
  return span[1] - span[0];
}

export function isFindingTarget(parameter: unknown): parameter is FindingTarget {
  return (
    typeof parameter === 'object' &&
    parameter !== null &&
    'transcript' in parameter &&
    typeof parameter.transcript === 'string' &&
    'finding' in parameter &&
    typeof parameter.finding === 'string'
  );
}
