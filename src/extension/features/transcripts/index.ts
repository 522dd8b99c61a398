import * as vscode from 'vscode';
import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { findingFor } from './current.ts';
import { registerDecorations } from './decorations.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { TranscriptDocuments } from './documents.ts';
import { goToFinding, openTranscript } from './navigate.ts';
import { registerQuickFixes, reviewFinding } from './quickFixes.ts';
import { createReviews } from './reviews.ts';

type Commands =
  | 'reflection.openTranscript'
  | 'reflection.nextFinding'
  | 'reflection.previousFinding'
  | 'reflection.acceptFinding'
  | 'reflection.rejectFinding'
  | 'reflection.markSuperficial'
  | 'reflection.reviewFinding'
  | 'reflection.undoReview'
  | 'reflection.showCritique';

/** Transcripts as read-only documents, findings as diagnostics on them, and the review of findings. */
export function registerTranscripts(services: Services): Handlers<Commands> {
  const documents = new TranscriptDocuments(services);
  services.context.subscriptions.push(documents);
  const reviews = createReviews(services);
  registerDiagnostics(services, documents);
  registerQuickFixes(services, documents);
  registerDecorations(services, documents);

  const decide = (decision: 'accept' | 'reject' | 'superficial') => async (parameter: unknown) => {
    const { group, transcript } = findingFor(documents, parameter);
    await reviews.decide(vscode.Uri.parse(transcript.address.folder), group, decision);
    await documents.reload();
  };
  return {
    'reflection.openTranscript': (parameter) => openTranscript(services, targetOf(parameter)),
    'reflection.nextFinding': () => goToFinding(services, documents, 1),
    'reflection.previousFinding': () => goToFinding(services, documents, -1),
    'reflection.acceptFinding': decide('accept'),
    'reflection.rejectFinding': decide('reject'),
    'reflection.markSuperficial': decide('superficial'),
    'reflection.reviewFinding': (parameter) => reviewFinding(documents, parameter),
    'reflection.undoReview': async () => {
      await reviews.undo();
      await documents.reload();
    },
    'reflection.showCritique': async (parameter) => {
      const { group, transcript } = findingFor(documents, parameter);
      const [{ run, critique }] = group.claims;
      const { folder } = transcript.address;
      await vscode.window.showTextDocument(
        transcriptUri({ folder, run, kind: 'critique', sample: critique.id }),
        {
          viewColumn: vscode.ViewColumn.Beside,
          preview: true,
          preserveFocus: true,
        },
      );
    },
  };
}
