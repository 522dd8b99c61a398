import type { ReflectionList } from '../reflection/index.ts';
import type { ProblemGroup } from './rows.ts';

/** Below this denominator a ratio is shown with a warning (spec C5). */
export const SMALL_DENOMINATOR = 20;

/** The sums that one problem adds to a metric. Bootstraps re-add them and divide again (spec C5). */
export type Sums = readonly number[];

export interface MetricDefinition {
  readonly id: string;
  readonly label: string;
  /** Which direction is an improvement. */
  readonly better: 'higher' | 'lower' | 'none';
  readonly format: 'percent' | 'number' | 'tokens';
  /** A difference of shares, which may be negative. */
  readonly isSigned?: true;
  /** Between 0 and 1 though it is not shown in percent. */
  readonly isShare?: true;
  readonly needs: 'solutions' | 'critiques';
  /** `main`: in every summary; `detail`: on request, because there are many or they take long. */
  readonly tier: 'main' | 'detail';
  /** It reads texts or findings: it cannot be had from an index, which holds neither. */
  readonly readsText?: true;
  /** All that it reads of a text is how often it reflects under this list, which an index can remember. */
  readonly countsUnder?: ReflectionList;
  /** What the denominator counts, in words. */
  readonly per: string;
  /** Why the value is not defined when it is not. */
  readonly undefinedWhen: string;
  /** Sums of one problem, or `null` when the metric is not defined on it. */
  parts(group: ProblemGroup): Sums | null;
  /** The value from the added sums of some problems; `null` where it is not defined. */
  value(sums: Sums): number | null;
  /** Numerator and denominator as counts, for people. */
  counts(sums: Sums): { numerator: number; denominator: number };
}

export interface Measurement {
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
  /** Problems that took part. */
  readonly problems: number;
  /** Why `value` is `null`. */
  readonly reason?: string;
  /** The denominator is so small that the value should not be quoted. */
  readonly isSmall: boolean;
}

export interface Metric extends MetricDefinition {
  compute(groups: readonly ProblemGroup[]): Measurement;
  /** The same from the sums of the problems on which it is defined. */
  measure(parts: readonly Sums[]): Measurement;
}

/** Completes a metric with what all share: the computation, and sums that are computed once per problem. */
export function defineMetric(definition: MetricDefinition): Metric {
  const known = new WeakMap<ProblemGroup, { sums: Sums | null }>();
  const parts = (group: ProblemGroup): Sums | null => {
    const sums = known.get(group)?.sums ?? definition.parts(group);
    known.set(group, { sums });
    return sums;
  };
  const measure = (sums: readonly Sums[]) => measureParts(definition, sums);
  const compute = (groups: readonly ProblemGroup[]) =>
    measure(groups.map((group) => parts(group)).filter((sums) => sums !== null));
  return { ...definition, parts, compute, measure };
}

function measureParts(metric: MetricDefinition, parts: readonly Sums[]): Measurement {
  const sums = addSums(parts);
  const raw = parts.length === 0 ? null : metric.value(sums);
  const value = raw !== null && Number.isFinite(raw) ? raw : null;
  const { numerator, denominator } =
    parts.length === 0 ? { numerator: 0, denominator: 0 } : metric.counts(sums);
  return {
    value,
    numerator,
    denominator,
    problems: parts.length,
    ...(value === null ? { reason: metric.undefinedWhen } : {}),
    isSmall: denominator < SMALL_DENOMINATOR,
  };
}

/** Adds the sums of several problems. */
export function addSums(parts: readonly Sums[]): number[] {
  const total: number[] = new Array(parts[0]?.length ?? 0).fill(0);
  for (const sums of parts) for (const [i, term] of sums.entries()) total[i] = (total[i] ?? 0) + term;
  return total;
}

/** What a metric of the two common shapes has to say about itself. */
type Words = Omit<MetricDefinition, 'parts' | 'value' | 'counts'>;

/** A mean over problems of a mean over samples: every problem counts the same (spec C2). */
export function meanOverProblems(
  words: Words,
  sample: (group: ProblemGroup) => { numerator: number; denominator: number },
): Metric {
  return defineMetric({
    ...words,
    parts: (group) => {
      const { numerator, denominator } = sample(group);
      return denominator === 0 ? null : [numerator / denominator, 1, numerator, denominator];
    },
    value: ([mean = 0, problems = 0]) => (problems === 0 ? null : mean / problems),
    counts: ([, , numerator = 0, denominator = 0]) => ({ numerator, denominator }),
  });
}

/** A ratio of sums over everything: every counted thing counts the same (spec C5). */
export function ratioOfSums(
  words: Words,
  sample: (group: ProblemGroup) => { numerator: number; denominator: number },
): Metric {
  return defineMetric({
    ...words,
    parts: (group) => {
      const { numerator, denominator } = sample(group);
      return [numerator, denominator];
    },
    value: ([numerator = 0, denominator = 0]) => (denominator === 0 ? null : numerator / denominator),
    counts: ([numerator = 0, denominator = 0]) => ({ numerator, denominator }),
  });
}
