import { gradedCounts, METRICS, type Metric, passAtK } from '../metrics/index.ts';
import type { Estimate } from '../schema/comparison.ts';
import { type CompareOptions, type RunToCompare, summarizeBy, summarizeRun } from '../stats/index.ts';

/** pass@k over k: what more samples would find. */
export interface PassCurve {
  readonly points: readonly { readonly k: number; readonly estimate: Estimate }[];
}

/** pass@k for powers of two up to the samples that every problem of the run has; empty where there are no solutions. */
export function passCurve(run: RunToCompare, options: CompareOptions = {}): PassCurve {
  const withSolutions = run.groups.filter((group) => group.solutions.length > 0);
  const fewest = withSolutions.reduce(
    (least, group) => Math.min(least, gradedCounts(group).graded),
    Infinity,
  );
  if (withSolutions.length === 0 || fewest < 1) return { points: [] };
  const ks: number[] = [];
  for (let k = 1; k <= fewest; k *= 2) ks.push(k);
  if (ks.at(-1) !== fewest) ks.push(fewest);
  const summary = summarizeRun(run, { ...options, metrics: ks.map(passAtK) });
  return {
    points: summary.metrics.flatMap(({ estimate }, at) => {
      const k = ks[at];
      return k === undefined ? [] : [{ k, estimate }];
    }),
  };
}

/** Accuracy on the problems of one level, run by run. */
export interface LevelRow {
  readonly level: string;
  readonly estimates: readonly (Estimate | null)[];
}

/** pass@1 (of critiques Acc@t2) by the levels of the problems; empty where the problems have one level or none. */
export function accuracyByLevel(runs: readonly RunToCompare[], options: CompareOptions = {}): LevelRow[] {
  const hasSolutions = runs.some(({ groups }) => groups.some(({ solutions }) => solutions.length > 0));
  const metric: Metric | undefined = METRICS.find(({ id }) => id === (hasSolutions ? 'pass@1' : 'acc@t2'));
  const levels = new Set(runs.flatMap(({ groups }) => groups.map(({ level }) => level ?? 'none')));
  if (metric === undefined || levels.size < 2) return [];
  const byRun = runs.map((run) => {
    const parts = summarizeBy(run, 'level', { ...options, metrics: [metric] });
    return new Map(parts.map(({ label, metrics }) => [label, metrics[0]?.estimate ?? null]));
  });
  return [...levels]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((level) => ({ level, estimates: byRun.map((parts) => parts.get(`level ${level}`) ?? null) }));
}
