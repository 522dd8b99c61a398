import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { transcriptAddress, transcriptUri } from '../../transcriptAddress.ts';
import { findingFor } from './current.ts';
import { registerDecorations } from './decorations.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { TranscriptDocuments } from './documents.ts';
import { critiqueEditUri, registerCritiqueEditing } from './editCritique.ts';
import { registerFindingHover } from './hover.ts';
import { criticsOf } from './library.ts';
import { registerTranscriptLinks } from './links.ts';
import { goToFinding, showFinding } from './navigate.ts';
import { registerOutline } from './outline.ts';
import { openVerified, registerQuickFixes, reviewFinding } from './quickFixes.ts';
import { registerReviewProgress } from './reviewProgress.ts';
import { createReviews, type Decision } from './reviews.ts';

type Commands =
  | 'reflection.openTranscript'
  | 'reflection.openProblem'
  | 'reflection.nextFinding'
  | 'reflection.previousFinding'
  | 'reflection.acceptFinding'
  | 'reflection.rejectFinding'
  | 'reflection.markSuperficial'
  | 'reflection.reviewFinding'
  | 'reflection.undoReview'
  | 'reflection.showCritique'
  | 'reflection.showFinding'
  | 'reflection.editCritique'
  | 'reflection.acceptVerified'
  | 'reflection.exportReviewed'
  | 'reflection.resampleCritiques'
  | 'reflection.continueFromHere'
  | 'reflection.askAnotherModel';

/** Transcripts as read-only documents, findings as diagnostics on them, and the review of findings. */
export function registerTranscripts(services: Services): Handlers<Commands> {
  const documents = new TranscriptDocuments(services);
  services.context.subscriptions.push(documents);
  const reviews = createReviews(services);
  registerDiagnostics(services, documents);
  registerQuickFixes(services, documents);
  registerDecorations(services, documents);
  registerFindingHover(services, documents);
  registerOutline(services, documents);
  registerTranscriptLinks(services, documents);
  registerReviewProgress(services);
  services.context.subscriptions.push(registerCritiqueEditing(services, reviews, () => documents.reload()));

  const decide = (decision: Decision) => async (parameter: unknown) => {
    const found = findingFor(services, documents, parameter);
    await reviews.decide(
      found.then(({ folder, group }) => ({ folder, groups: [group] })),
      decision,
    );
    await documents.reload();
  };
  return {
    ...lazyHandlers(
      [
        'reflection.openTranscript',
        'reflection.openProblem',
        'reflection.resampleCritiques',
        'reflection.continueFromHere',
        'reflection.askAnotherModel',
        'reflection.exportReviewed',
      ],
      async () => (await import('./handlers.ts')).transcriptHandlers(services, documents),
    ),
    'reflection.nextFinding': () => goToFinding(services, documents, 1),
    'reflection.previousFinding': () => goToFinding(services, documents, -1),
    'reflection.acceptFinding': decide('accept'),
    'reflection.rejectFinding': decide('reject'),
    'reflection.markSuperficial': decide('superficial'),
    'reflection.reviewFinding': (parameter) => reviewFinding(services, documents, parameter),
    'reflection.showFinding': (parameter) => showFinding(services, documents, parameter),
    'reflection.acceptVerified': async (parameter) => {
      const uri =
        typeof parameter === 'string'
          ? vscode.Uri.parse(parameter)
          : vscode.window.activeTextEditor?.document.uri;
      const found = uri === undefined ? [] : openVerified(documents, uri);
      const [first] = found;
      if (first === undefined) {
        throw new UserError('no-finding', vscode.l10n.t('No verified finding is left to accept here.'), {
          remedy: vscode.l10n.t('Verified findings are those of critiques that reached the gold answer.'),
        });
      }
      const groups = found.map(({ group }) => group);
      const folder = vscode.Uri.parse(first.transcript.address.folder);
      await reviews.decide({ folder, groups }, 'accept');
      await documents.reload();
    },
    'reflection.undoReview': async () => {
      await reviews.undo(shownRuns(services));
      await documents.reload();
    },
    'reflection.showCritique': async (parameter) => {
      const { group, folder } = await findingFor(services, documents, parameter);
      const [{ run, critique }] = group.claims;
      const address = { folder: folder.toString(), run, kind: 'critique', sample: critique.id } as const;
      await vscode.window.showTextDocument(transcriptUri(address), { ...BESIDE, preserveFocus: true });
    },
    'reflection.editCritique': async (parameter) => {
      const { group, folder } = await findingFor(services, documents, parameter);
      const [{ run, critique }] = group.claims;
      const uri = critiqueEditUri({ folder: folder.toString(), run, sample: critique.id });
      await vscode.window.showTextDocument(uri, BESIDE);
    },
  };
}

/** The run of the transcript in front, and the runs that criticise it. */
function shownRuns(services: Services): RunEntry[] {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const address = uri && transcriptAddress(uri);
  const run = address && services.runs.find(vscode.Uri.parse(address.folder), address.run);
  return run === undefined || run === null ? [] : [run, ...criticsOf(services, run)];
}

const BESIDE = { viewColumn: vscode.ViewColumn.Beside, preview: true } as const;
