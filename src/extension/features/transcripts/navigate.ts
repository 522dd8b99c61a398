import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { FindingGroup } from '../../../core/findings/index.ts';
import type { Services } from '../../services.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { findingFor, placedFindings } from './current.ts';
import { rangeOf } from './diagnostics.ts';
import type { TranscriptDocuments } from './documents.ts';
import {
  criticisedProblems,
  type ReviewedSolutions,
  solutionsAround,
  solutionsOfProblem,
} from './library.ts';

/**
 * Goes to the next (or previous) finding of the transcript; past its end, to that of the next solution of the run that
 * has one.
 */
export async function goToFinding(
  services: Services,
  documents: TranscriptDocuments,
  direction: 1 | -1,
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const uri = editor?.document.uri;
  const transcript = uri && documents.get(uri);
  if (editor === undefined || uri === undefined || transcript === undefined) {
    throw new UserError('no-transcript', vscode.l10n.t('No transcript is open.'), {
      remedy: vscode.l10n.t('Run "Reflection: Open Transcript".'),
    });
  }
  const at = editor.selection.active;
  const findings = placedFindings(documents, uri);
  const next =
    direction === 1
      ? findings.find(({ range }) => range.start.isAfter(at))
      : findings.findLast(({ range }) => range.start.isBefore(at));
  if (next !== undefined) {
    reveal(editor, next.range);
    return;
  }
  const { folder, run, sample } = transcript.address;
  const neighbour = await neighbourWithFindings(services, { folder, run }, sample, direction);
  if (neighbour === null) {
    void vscode.window.setStatusBarMessage(vscode.l10n.t('Reflection: no further finding in this run'), 4000);
    return;
  }
  const other = transcriptUri({ folder, run, kind: 'transcript', sample: neighbour });
  const opened = await vscode.window.showTextDocument(other, { preview: true });
  const there = placedFindings(documents, other);
  const target = direction === 1 ? there[0] : there.at(-1);
  if (target !== undefined) reveal(opened, target.range);
}

async function neighbourWithFindings(
  services: Services,
  name: { folder: string; run: string },
  sample: string,
  direction: 1 | -1,
): Promise<string | null> {
  const run = services.runs.find(vscode.Uri.parse(name.folder), name.run);
  if (run === undefined) return null;
  const here = await solutionsAround(services, run, sample);
  const ids = here.solutions.map(({ id }) => id);
  const found = firstOpen(here, inDirection(ids, ids.indexOf(sample), direction));
  if (found !== null || here.problemId === null) return found;
  const { problems } = await services.runs.samples.tallies(run);
  const order = problems.map(({ problemId }) => problemId);
  const criticised = await criticisedProblems(services, run);
  const others = inDirection(order, order.indexOf(here.problemId), direction)
    .filter((problemId) => criticised.has(problemId))
    .slice(0, PROBLEMS_AT_MOST);
  for (const problemId of others) {
    const there = await solutionsOfProblem(services, run, problemId);
    const open = firstOpen(
      there,
      inDirection(
        there.solutions.map(({ id }) => id),
        null,
        direction,
      ),
    );
    if (open !== null) return open;
  }
  return null;
}

/** Problems of a large run that are looked through for the next finding. */
const PROBLEMS_AT_MOST = 500;

/** What comes after a place, or everything; backwards from it in the other direction. */
function inDirection(all: readonly string[], from: number | null, direction: 1 | -1): string[] {
  if (direction === 1) return all.slice(from === null ? 0 : from + 1);
  return all.slice(0, from === null ? all.length : Math.max(0, from)).reverse();
}

function firstOpen({ findings }: ReviewedSolutions, ids: readonly string[]): string | null {
  const isOpen = ({ kind, decision }: FindingGroup) => kind !== 'confirmed' && decision === null;
  return ids.find((id) => findings.get(id)?.some(isOpen)) ?? null;
}

/** Opens the transcript of a finding with the cursor on it. */
export async function showFinding(
  services: Services,
  documents: TranscriptDocuments,
  parameter: unknown,
): Promise<void> {
  const { uri, group } = await findingFor(services, documents, parameter);
  const editor = await vscode.window.showTextDocument(uri, { preview: true });
  const sourceMap = documents.get(uri)?.sourceMap ?? null;
  const transcript = documents.get(uri);
  if (transcript !== undefined && sourceMap !== null) reveal(editor, rangeOf(transcript, sourceMap, group));
}

function reveal(editor: vscode.TextEditor, range: vscode.Range): void {
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
