/** The list of commands. */
import type { Command } from 'commander';
import { registerCompare } from './compare.ts';
import { registerContinue } from './continue.ts';
import { registerCritique } from './critique.ts';
import { registerDemo } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerEvaluate } from './evaluate.ts';
import { registerGrade } from './grade.ts';
import { registerImport } from './import.ts';
import { registerJudge } from './judge.ts';
import { registerLint } from './lint.ts';
import { registerResume } from './resume.ts';
import { registerRuns } from './runs.ts';
import { registerSample } from './sample.ts';
import { registerTrain } from './train.ts';

export function registerCommands(program: Command, signal: AbortSignal): void {
  for (const register of [
    registerDemo,
    registerEvaluate,
    registerCritique,
    registerContinue,
    registerSample,
    registerJudge,
    registerTrain,
    registerCompare,
    registerRuns,
    registerResume,
    registerGrade,
    registerImport,
    registerLint,
    registerDoctor,
  ]) {
    register(program, signal);
  }
}
