/** Measuring and comparing run directories: reads them, and leaves the science to `core`. */
import { groupByProblem, type ProblemGroup } from '../../core/metrics/index.ts';
import type { Comparison, RunSummary } from '../../core/schema/comparison.ts';
import { type CompareOptions, compareRuns, summarizeRun } from '../../core/stats/index.ts';
import { type RunData, readRun } from '../runs/index.ts';

/** A run with its rows grouped by problem: what metrics are computed from. */
export interface MeasuredRun {
  readonly run: RunData;
  readonly label: string;
  readonly groups: readonly ProblemGroup[];
}

export async function measureRun(dir: string): Promise<MeasuredRun> {
  const run = await readRun(dir);
  return { run, label: labelOf(run), groups: groupByProblem(metricInput(run)) };
}

/**
 * The rows that a run is about. A critique run holds solutions as well, but they belong to the run that they were
 * copied from: only its critiques are measured.
 */
function metricInput(run: RunData) {
  const { problems, solutions, critiques } = run;
  return run.manifest.kind === 'critique'
    ? { problems, critiques, solutions: [] }
    : { problems, solutions, critiques };
}

/** What people call the run: its model, unless it was given a title. */
function labelOf(run: RunData): string {
  return run.manifest.title || (run.manifest.model?.name ?? run.manifest.id);
}

export function summarize(measured: MeasuredRun, options: CompareOptions = {}): RunSummary {
  return summarizeRun(measured, options);
}

/** Each run against the baseline, paired by problem. */
export function compareMeasured(
  baseline: MeasuredRun,
  others: readonly MeasuredRun[],
  options: CompareOptions = {},
): Comparison[] {
  return others.map((other) => compareRuns(baseline, other, options));
}

/** Two runs with one title would be told apart by nothing: then the run's name is shown. */
export function withUniqueLabels(runs: readonly MeasuredRun[]): MeasuredRun[] {
  const labels = runs.map(({ label }) => label);
  return runs.map((measured) =>
    labels.filter((label) => label === measured.label).length > 1
      ? { ...measured, label: measured.run.manifest.id }
      : measured,
  );
}
