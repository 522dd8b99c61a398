/** Measuring and comparing run directories: reads them, and leaves the science to `core`. */
import { compareAnswers, defaultPolicy, GRADING_POLICIES } from '../../core/answers/index.ts';
import {
  groupByProblem,
  type MetricInput,
  type ProblemGroup,
  type Unrecorded,
} from '../../core/metrics/index.ts';
import { samplesAskedFor } from '../../core/runs/index.ts';
import type { Comparison, RunSummary } from '../../core/schema/comparison.ts';
import type { RunEvent } from '../../core/schema/event.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { RecordedRun, RunManifest } from '../../core/schema/run.ts';
import { type CompareOptions, compareWithBaseline, summarizeRun } from '../../core/stats/index.ts';
import { type RunData, readRun } from '../runs/index.ts';

/** One arm of a comparison, its rows grouped by problem: what metrics are computed from. */
export interface MeasuredArm {
  readonly run: {
    readonly dir: string;
    readonly manifest: RecordedRun;
    readonly problems: readonly Problem[];
  };
  readonly label: string;
  readonly groups: readonly ProblemGroup[];
  /** What the samples of a results file do not say. */
  readonly lacks?: ReadonlySet<Unrecorded>;
}

/** A run as an arm. */
export interface MeasuredRun extends MeasuredArm {
  readonly run: RunData;
}

export async function measureRun(dir: string): Promise<MeasuredRun> {
  const read = await readRun(dir);
  const run = { ...read, manifest: toppedUp(read.manifest, read.events) };
  return { run, label: labelOf(run), groups: groupByProblem(metricInput(run)) };
}

/** A manifest stays as it was written; what a run was topped up to stands in its events. */
export function toppedUp(manifest: RunManifest, events: readonly RunEvent[]): RunManifest {
  return { ...manifest, n: samplesAskedFor(manifest, events) };
}

/**
 * The rows that a run is about. A critique run holds solutions as well, but they belong to the run that they were
 * copied from: only its critiques are measured.
 */
function metricInput({ manifest, problems, solutions, critiques, dropped }: RunData): MetricInput {
  const policy = GRADING_POLICIES[manifest.grader?.policy ?? ''] ?? defaultPolicy;
  return {
    problems,
    critiques,
    solutions: manifest.kind === 'critique' ? [] : solutions,
    ...(manifest.kind === 'sample' ? { dropped } : {}),
    grade: ({ answer, mode }, pred) => compareAnswers({ gold: answer, pred, mode, policy }).grade,
  };
}

/** What people call the run: its model, unless it was given a title. Rates of an adaptive run never stand without it. */
export function labelOf({ manifest }: Pick<RunData, 'manifest'>): string {
  const name = manifest.title || (manifest.model?.name ?? manifest.id);
  return manifest.stopping?.rule === 'settled' ? `${name} (adaptive)` : name;
}

export function summarize(measured: MeasuredArm, options: CompareOptions = {}): RunSummary {
  return summarizeRun(measured, options);
}

/** Each run against the baseline, paired by problem; several share a correction for their number. */
export function compareMeasured(
  baseline: MeasuredArm,
  others: readonly MeasuredArm[],
  options: CompareOptions = {},
): Comparison[] {
  return compareWithBaseline(baseline, others, options);
}

/** Two runs with one title would be told apart by nothing: then the run's name is shown. */
export function withUniqueLabels<T extends MeasuredArm>(runs: readonly T[]): T[] {
  const labels = runs.map(({ label }) => label);
  return runs.map((measured) =>
    labels.filter((label) => label === measured.label).length > 1
      ? { ...measured, label: measured.run.manifest.id }
      : measured,
  );
}
