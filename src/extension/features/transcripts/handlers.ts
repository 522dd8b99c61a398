import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { askAnotherModel, continueFromHere, resampleCritiques } from './again.ts';
import type { TranscriptDocuments } from './documents.ts';
import { exportReviewed } from './exportReviewed.ts';
import { openProblem } from './openProblem.ts';
import { openTranscript } from './openTranscript.ts';

type Commands =
  | 'reflection.openTranscript'
  | 'reflection.openProblem'
  | 'reflection.resampleCritiques'
  | 'reflection.continueFromHere'
  | 'reflection.askAnotherModel'
  | 'reflection.exportReviewed';

/** What opens transcripts, asks a model again, and makes a dataset; reviewing itself is there from the start. */
export function transcriptHandlers(services: Services, documents: TranscriptDocuments): Handlers<Commands> {
  return {
    'reflection.openTranscript': (parameter) => openTranscript(services, targetOf(parameter)),
    'reflection.openProblem': (parameter) => openProblem(services, targetOf(parameter)),
    'reflection.resampleCritiques': (parameter) => resampleCritiques(services, documents, parameter),
    'reflection.continueFromHere': (parameter) => continueFromHere(services, documents, parameter),
    'reflection.askAnotherModel': (parameter) => askAnotherModel(services, documents, parameter),
    'reflection.exportReviewed': (parameter) => exportReviewed(services, targetOf(parameter)),
  };
}
