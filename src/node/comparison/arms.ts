/** The arms of a comparison: runs and results files, in any mixture. */
import type { Problem } from '../../core/schema/problem.ts';
import { type MeasuredArm, measureRun } from './index.ts';
import { measureLargeRun } from './largeRun.ts';
import { isResultsFile, measureResults, type ResultsFile, readResultsFile } from './resultsFile.ts';
import { isLargeRun } from './runSummary.ts';

/** A run, or a results file that the other arms may be needed to grade. */
export type ReadArm = MeasuredArm | ResultsFile;

export interface ReadArmOptions {
  /** What people call a results file. */
  readonly file?: string;
  readonly signal?: AbortSignal;
  /** Every text is wanted, however large the run is. */
  readonly isWhole?: boolean;
  /** Of a large run: its reflections, which have to be counted first. */
  readonly counts?: boolean;
  /** Lines above which a run is not read whole. */
  readonly largeBytes?: number;
}

/** Reads what lies at a place: a run directory, a large one without its texts, or a results file. */
export async function readArm(place: string, options: ReadArmOptions = {}): Promise<ReadArm> {
  const { isWhole = false, counts = true, largeBytes, signal } = options;
  if (await isResultsFile(place)) return readResultsFile(place, options);
  if (isWhole || !(await isLargeRun(place, largeBytes))) return measureRun(place);
  const large = await measureLargeRun(place, { counts, ...(signal && { signal }) });
  return large ?? measureRun(place);
}

/** Grades the files among the arms: a problem's gold answer may stand in one arm alone, runs before files. */
export async function gradeArms(arms: readonly ReadArm[], signal?: AbortSignal): Promise<MeasuredArm[]> {
  const known = new Map<string, Problem>();
  const learn = (problems: readonly Problem[]) => {
    for (const problem of problems) {
      if (problem.answer !== null && !known.has(problem.id)) known.set(problem.id, problem);
    }
  };
  for (const arm of arms) if ('run' in arm) learn(arm.run.problems);
  for (const arm of arms) if (!('run' in arm)) learn(arm.problems);
  return Promise.all(arms.map((arm) => ('run' in arm ? arm : measureResults(arm, known, signal))));
}
