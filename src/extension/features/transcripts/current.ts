import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { FindingGroup } from '../../../core/findings/index.ts';
import { rangeOf, shownFindings } from './diagnostics.ts';
import type { TranscriptDocuments } from './documents.ts';
import type { LoadedTranscript } from './library.ts';

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
    range: rangeOf(transcript.text, sourceMap, group),
  }));
}

/** What a quick fix passes to its command. */
export interface FindingTarget {
  readonly transcript: string;
  readonly finding: string;
}

/** The finding that a command means: the one it was given, or the one at the cursor. */
export function findingFor(documents: TranscriptDocuments, parameter: unknown): PlacedFinding {
  const found = isFindingTarget(parameter) ? named(documents, parameter) : atCursor(documents);
  if (found !== undefined) return found;
  throw new UserError('no-finding', 'There is no finding here.', {
    remedy: 'Put the cursor on a marked step; F8 goes to the next one.',
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

function named(documents: TranscriptDocuments, target: FindingTarget): PlacedFinding | undefined {
  return placedFindings(documents, vscode.Uri.parse(target.transcript)).find(
    ({ group }) => group.key === target.finding,
  );
}

function atCursor(documents: TranscriptDocuments): PlacedFinding | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && findingAt(documents, editor.document.uri, editor.selection.active);
}

function size({ group: { span } }: PlacedFinding): number {
  return span[1] - span[0];
}

function isFindingTarget(parameter: unknown): parameter is FindingTarget {
  return (
    typeof parameter === 'object' &&
    parameter !== null &&
    'transcript' in parameter &&
    typeof parameter.transcript === 'string' &&
    'finding' in parameter &&
    typeof parameter.finding === 'string'
  );
}
