import type { Metric } from '../metrics/index.ts';
import { gradedCounts, metricsFor, type ProblemGroup, type Sums, type Unrecorded } from '../metrics/index.ts';
import type { OwnLists } from '../reflection/index.ts';
import type { Comparison, Estimate, RunSummary, TransitionCounts } from '../schema/comparison.ts';
import { byCodeUnits } from '../textOrder.ts';
import {
  type BootstrapOptions,
  bootstrapInterval,
  DEFAULT_DRAWS,
  DEFAULT_LEVEL,
  type Interval,
} from './bootstrap.ts';
import { boundaryInterval } from './boundary.ts';
import { holm } from './holm.ts';
import { type PairedDifference, pairedDifference } from './paired.ts';
import { DEFAULT_PERMUTATIONS } from './signFlip.ts';
import { formatDifference, formatP, formatValue } from './words.ts';

/** One arm of a comparison. */
export interface RunToCompare {
  /** What people call it: the run's title or model. */
  readonly label: string;
  readonly groups: readonly ProblemGroup[];
  /** What its samples do not say; nothing, for a run of ours. */
  readonly lacks?: ReadonlySet<Unrecorded>;
}

export interface CompareOptions extends BootstrapOptions {
  readonly permutations?: number;
  /** Default: the main metrics that the rows allow. */
  readonly metrics?: readonly Metric[];
  /** Every metric that the rows allow, not only the main ones. */
  readonly detail?: boolean;
  /** Reflection lists of a user's own, by name; their metrics are details. */
  readonly lists?: OwnLists;
}

/** The metric that carries the verdict: pass@1 for solutions, Acc@t2 for critiques. */
const HEADLINES = ['pass@1', 'acc@t2'];

/** A run's metrics for each level or subject of its problems, in the order of their names. */
export function summarizeBy(
  run: RunToCompare,
  by: 'level' | 'subject',
  options: CompareOptions = {},
): RunSummary[] {
  const parts = Map.groupBy(run.groups, (group) => group[by] ?? 'none');
  return [...parts]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, groups]) => summarizeRun({ label: `${by} ${name}`, groups }, options));
}

/** Every metric of one run with its interval. */
export function summarizeRun(run: RunToCompare, options: CompareOptions = {}): RunSummary {
  const { label, groups, lacks } = run;
  const metrics = options.metrics ?? metricsFor(groups, { ...options, ...(lacks && { lacks }) });
  const counted = collectRun(label, []);
  for (const group of groups) counted.add(group);
  return {
    ...counted.summary(options),
    metrics: metrics.map((metric) => ({
      ...words(metric),
      estimate: estimate(metric, groups, options),
    })),
  };
}

/** Takes in a run problem by problem, and keeps of each only what a summary needs: its rows may be forgotten. */
export interface RunCollector {
  add(group: ProblemGroup): void;
  summary(options?: CompareOptions): RunSummary;
}

export function collectRun(label: string, metrics: readonly Metric[]): RunCollector {
  const ids: string[] = [];
  const parts = metrics.map((): (Sums | null)[] => []);
  const counted = { problems: 0, solutions: 0, critiques: 0, failed: 0 };
  const transitions = transitionCounts([]);
  return {
    add: (group) => {
      ids.push(group.problemId);
      for (const [at, metric] of metrics.entries()) parts[at]?.push(metric.parts(group));
      counted.problems += 1;
      counted.solutions += group.solutions.length;
      counted.critiques += group.critiques.length;
      counted.failed += group.failed;
      for (const { transition } of group.critiques) if (transition !== null) transitions[transition] += 1;
    },
    summary: (options = {}) => {
      // As `groupByProblem` has them: the same samples give the same interval, whatever they were read from.
      const order = [...ids.keys()].sort((a, b) => byCodeUnits(ids[a] ?? '', ids[b] ?? ''));
      const inOrder = (of: readonly (Sums | null)[] = []) =>
        order.map((at) => of[at] ?? null).filter((sums) => sums !== null);
      return {
        label,
        ...counted,
        metrics: metrics.map((metric, at) => ({
          ...words(metric),
          estimate: estimateOf(metric, inOrder(parts[at]), options),
        })),
        transitions: counted.critiques > 0 ? { ...transitions } : null,
      };
    },
  };
}

/**
 * Compares two runs, paired by problem (spec C4). Values and differences are over the problems that both have, so that
 * they add up. The headline metric is tested alone; the others share Holm's correction.
 */
export function compareRuns(
  baseline: RunToCompare,
  other: RunToCompare,
  options: CompareOptions = {},
): Comparison {
  const {
    draws = DEFAULT_DRAWS,
    level = DEFAULT_LEVEL,
    permutations = DEFAULT_PERMUTATIONS,
    seed = 0,
  } = options;
  const ofOther = new Map(other.groups.map((group) => [group.problemId, group]));
  const sharedBaseline = whole(
    baseline.groups,
    baseline.groups.filter((group) => ofOther.has(group.problemId)),
  );
  const sharedOther = whole(
    other.groups,
    sharedBaseline.flatMap((group) => ofOther.get(group.problemId) ?? []),
  );
  const lacks = new Set([...(baseline.lacks ?? []), ...(other.lacks ?? [])]);
  const metrics = options.metrics ?? metricsFor([...sharedBaseline, ...sharedOther], { ...options, lacks });
  const differences = metrics.map((metric) =>
    pairedDifference(
      sharedBaseline.map((group) => metric.parts(group)),
      sharedOther.map((group) => metric.parts(group)),
      metric.value,
      {
        ...options,
        better: metric.better,
        format: metric.format,
        ...(metric.id === 'pass@1' ? { samples: [sharedBaseline.map(counts), sharedOther.map(counts)] } : {}),
      },
    ),
  );
  const headline = HEADLINES.map((id) => metrics.findIndex((metric) => metric.id === id)).find(
    (at) => at >= 0,
  );
  const adjusted = holm(
    differences.map(({ p }, i) => (i === headline || metrics[i]?.better === 'none' ? null : p)),
  );
  const rows = metrics.flatMap((metric, i) => {
    const found = differences[i];
    if (found === undefined) return [];
    const paired = adjustVerdict(found, i === headline ? null : (adjusted[i] ?? null), level, 'metrics');
    return {
      ...words(metric),
      isHeadline: i === headline,
      baseline: estimate(metric, sharedBaseline, options),
      other: estimate(metric, sharedOther, options),
      paired: {
        ...paired,
        text: paired.difference === null ? 'undefined' : formatDifference(paired.difference, metric.format),
      },
    };
  });
  const chosen = headline === undefined ? undefined : rows[headline];
  return {
    schemaVersion: 1,
    baseline: baseline.label,
    other: other.label,
    problems: { baseline: baseline.groups.length, other: other.groups.length, shared: sharedBaseline.length },
    settings: { level, draws, permutations, seed },
    metrics: rows,
    verdict: chosen === undefined ? null : verdictOf(chosen),
    transitions: transitions(sharedBaseline, sharedOther),
    perProblem: perProblem(baseline.groups, other.groups),
  };
}

/**
 * Several runs against one baseline: the headline metrics of all of them share Holm's correction, because with enough
 * checkpoints one is better by luck.
 */
export function compareWithBaseline(
  baseline: RunToCompare,
  others: readonly RunToCompare[],
  options: CompareOptions = {},
): Comparison[] {
  const comparisons = others.map((other) => compareRuns(baseline, other, options));
  if (comparisons.length < 2) return comparisons;
  const adjusted = holm(
    comparisons.map(({ metrics }) => metrics.find((one) => one.isHeadline)?.paired.p ?? null),
  );
  return comparisons.map((comparison, i) => {
    const metrics = comparison.metrics.map((row) =>
      row.isHeadline
        ? {
            ...row,
            paired: adjustVerdict(row.paired, adjusted[i] ?? null, comparison.settings.level, 'runs'),
          }
        : row,
    );
    const headline = metrics.find((row) => row.isHeadline);
    return { ...comparison, metrics, verdict: headline === undefined ? null : verdictOf(headline) };
  });
}

function verdictOf({ id, paired }: Comparison['metrics'][number]): NonNullable<Comparison['verdict']> {
  return { metric: id, verdict: paired.verdict, sentence: paired.sentence };
}

function counts(group: ProblemGroup): { correct: number; samples: number } {
  const { correct, graded } = gradedCounts(group);
  return { correct, samples: graded };
}

function words({ id, label, better, format, per }: Metric) {
  return { id, label, better, format, per };
}

/** The groups themselves where the chosen ones are all of them in their order: what is known of them is known by them. */
function whole(all: readonly ProblemGroup[], chosen: readonly ProblemGroup[]): readonly ProblemGroup[] {
  return chosen.length === all.length && chosen.every((group, at) => group === all[at]) ? all : chosen;
}

/** Estimates of a run are the same whatever it is compared with. */
const known = new WeakMap<readonly ProblemGroup[], Map<Metric, Map<string, Estimate>>>();

function estimate(metric: Metric, groups: readonly ProblemGroup[], options: CompareOptions): Estimate {
  const { draws, seed, level, method } = options;
  const key = [draws, seed, level, method].join(' ');
  const byMetric = known.get(groups) ?? new Map<Metric, Map<string, Estimate>>();
  const byOptions = byMetric.get(metric) ?? new Map<string, Estimate>();
  known.set(groups, byMetric.set(metric, byOptions));
  const parts = () => groups.map((group) => metric.parts(group)).filter((sums) => sums !== null);
  const found = byOptions.get(key) ?? estimateOf(metric, parts(), options);
  byOptions.set(key, found);
  return found;
}

function estimateOf(metric: Metric, parts: readonly Sums[], options: CompareOptions): Estimate {
  const measurement = metric.measure(parts);
  return {
    ...measurement,
    interval: measurement.value === null ? null : intervalOf(metric, measurement.value, parts, options),
    text: formatValue(measurement.value, metric.format),
  };
}

function intervalOf(
  metric: Metric,
  value: number,
  parts: readonly Sums[],
  options: CompareOptions,
): Interval | null {
  const { level = DEFAULT_LEVEL, draws = DEFAULT_DRAWS } = options;
  const counted = parts.filter(([, denominator]) => denominator !== 0).length;
  const isShare = metric.isShare === true || (metric.format === 'percent' && metric.isSigned !== true);
  if (isShare && (value === 0 || value === 1)) {
    return counted === 0 ? null : boundaryInterval(value, counted, level, draws);
  }
  if (metric.isSigned === true && parts.every(([sum]) => sum === 0)) {
    // No problem changed: the share of problems that do bounds the difference either way.
    const { high, ...rest } = boundaryInterval(0, counted, level, draws);
    return { ...rest, low: -high, high };
  }
  return bootstrapInterval(parts, metric.value, options);
}

/** A secondary metric keeps its verdict only if it survives Holm's correction. */
function adjustVerdict<T extends PairedDifference>(
  paired: T,
  pAdjusted: number | null,
  level: number,
  family: string,
) {
  if (pAdjusted === null || pAdjusted < 1 - level || paired.verdict === 'cannot tell')
    return { ...paired, pAdjusted };
  return {
    ...paired,
    pAdjusted,
    verdict: 'cannot tell' as const,
    reasons: [...paired.reasons, `it does not survive Holm's correction (${formatP(pAdjusted)})`],
    sentence: `${paired.sentence.replace(/^\w+/, 'Cannot tell')} It does not survive Holm's correction for the number of ${family}.`,
  };
}

function transitions(
  baseline: readonly ProblemGroup[],
  other: readonly ProblemGroup[],
): Comparison['transitions'] {
  const counts = { baseline: transitionCounts(baseline), other: transitionCounts(other) };
  const hasAny = Object.values(counts).some((cells) => Object.values(cells).some((count) => count > 0));
  return hasAny ? counts : null;
}

/** Critiques by transition. */
function transitionCounts(groups: readonly ProblemGroup[]): TransitionCounts {
  const counts: TransitionCounts = { 'c→c': 0, 'i→c': 0, 'c→i': 0, 'i→i': 0 };
  for (const { critiques } of groups) {
    for (const { transition } of critiques) if (transition !== null) counts[transition] += 1;
  }
  return counts;
}

function perProblem(
  baseline: readonly ProblemGroup[],
  other: readonly ProblemGroup[],
): Comparison['perProblem'] {
  const ofBaseline = new Map(baseline.map((group) => [group.problemId, arm(group)]));
  const ofOther = new Map(other.map((group) => [group.problemId, arm(group)]));
  const ids = new Set([...ofBaseline.keys(), ...ofOther.keys()]);
  return [...ids]
    .map((problemId) => {
      const before = ofBaseline.get(problemId) ?? null;
      const after = ofOther.get(problemId) ?? null;
      const isPaired = before !== null && after !== null && before.graded > 0 && after.graded > 0;
      const difference = isPaired ? after.correct / after.graded - before.correct / before.graded : null;
      return { problemId, baseline: before, other: after, difference };
    })
    .sort((a, b) => (a.difference ?? 2) - (b.difference ?? 2));
}

/** The graded samples of a problem: solutions, or in a critique run the critiques' own answers. */
function arm(group: ProblemGroup) {
  const graded = group.solutions.length > 0 ? group.solutions : group.critiques;
  const grades = [...graded].sort((a, b) => a.index - b.index).map(({ grade }) => grade);
  return {
    correct: grades.filter((grade) => grade === 'correct').length,
    graded: grades.filter((grade) => grade !== 'undetermined').length,
    grades,
  };
}
