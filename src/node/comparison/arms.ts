/** The arms of a comparison: runs and results files, in any mixture. */
import type { Problem } from '../../core/schema/problem.ts';
import { type MeasuredArm, type MeasuredRun, measureRun } from './index.ts';
import { isResultsFile, measureResults, type ResultsFile, readResultsFile } from './resultsFile.ts';

/** A run, or a results file that the other arms may be needed to grade. */
export type ReadArm = MeasuredRun | ResultsFile;

/** Reads what lies at a place: a run directory, or a results file that people call `file`. */
export async function readArm(
  place: string,
  options: { file?: string; signal?: AbortSignal } = {},
): Promise<ReadArm> {
  return (await isResultsFile(place)) ? readResultsFile(place, options) : measureRun(place);
}

/** Grades the files among the arms: a problem's gold answer may stand in one arm alone, runs before files. */
export async function gradeArms(arms: readonly ReadArm[]): Promise<MeasuredArm[]> {
  const known = new Map<string, Problem>();
  const learn = (problems: readonly Problem[]) => {
    for (const problem of problems) {
      if (problem.answer !== null && !known.has(problem.id)) known.set(problem.id, problem);
    }
  };
  for (const arm of arms) if ('run' in arm) learn(arm.run.problems);
  for (const arm of arms) if (!('run' in arm)) learn(arm.problems);
  return Promise.all(arms.map((arm) => ('run' in arm ? arm : measureResults(arm, known))));
}
