import * as vscode from 'vscode';
import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { critiqueSolutions } from './critique.ts';
import { evaluateProblems } from './evaluate.ts';
import { resumeRun } from './resume.ts';
import { sampleCritiques } from './sample.ts';

/** The commands that set a model to work. */
export type StartCommand =
  | 'reflection.evaluate'
  | 'reflection.evaluateCheckpoint'
  | 'reflection.critique'
  | 'reflection.sample'
  | 'reflection.resumeRun';

export function startHandlers(services: Services): Handlers<StartCommand> {
  return {
    'reflection.evaluate': (target) => evaluateProblems(services, targetOf(target)),
    'reflection.evaluateCheckpoint': (target) => {
      const { checkpoint, ...rest } = targetOf(target);
      const model =
        checkpoint === undefined ? {} : { model: vscode.workspace.asRelativePath(checkpoint, false) };
      return evaluateProblems(services, { ...rest, ...model });
    },
    'reflection.critique': (target) => critiqueSolutions(services, targetOf(target)),
    'reflection.sample': (target) => sampleCritiques(services, targetOf(target)),
    'reflection.resumeRun': (target) => resumeRun(services, targetOf(target)),
  };
}
