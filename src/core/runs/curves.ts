/** Training curves as they are drawn: few points, peaks kept, and a stable beginning while a run grows. */
import type { MetricSeries } from './state.ts';

/** One metric over the steps. Each entry is a bucket of steps: its last step, its extremes and the smoothed value. */
export interface Curve {
  readonly name: string;
  readonly steps: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Exponential moving average over all points, not only the drawn ones. */
  readonly smooth: readonly number[];
  readonly last: number;
}

const CURVE_BUCKETS = 500;
/** Points after which an old value counts half in the smoothed line. */
const HALF_LIFE = 10;

/**
 * At most `buckets` + 1 entries. Buckets are powers of two of steps, aligned at 0: while a run grows only its last bucket
 * changes, until they all double. The smoothed line is causal, so that its beginning does not change either.
 */
export function downsample(name: string, series: MetricSeries, buckets = CURVE_BUCKETS): Curve {
  const width = bucketWidth(series, buckets);
  const curve = { steps: [] as number[], low: [] as number[], high: [] as number[], smooth: [] as number[] };
  const decay = 0.5 ** (1 / HALF_LIFE);
  let smooth = Number.NaN;
  let bucket = Number.NaN;
  for (const [step, value] of series) {
    smooth = Number.isNaN(smooth) ? value : decay * smooth + (1 - decay) * value;
    const at = Math.floor(step / width);
    const end = curve.steps.length - 1;
    if (at !== bucket) {
      bucket = at;
      curve.steps.push(step);
      curve.low.push(value);
      curve.high.push(value);
      curve.smooth.push(smooth);
    } else {
      curve.steps[end] = step;
      curve.low[end] = Math.min(curve.low[end] ?? value, value);
      curve.high[end] = Math.max(curve.high[end] ?? value, value);
      curve.smooth[end] = smooth;
    }
  }
  return { name, ...curve, last: series.at(-1)?.[1] ?? Number.NaN };
}

/** The smallest power of two of steps with which the curve fits. */
function bucketWidth(series: MetricSeries, buckets: number): number {
  const [first, last] = [series[0]?.[0] ?? 0, series.at(-1)?.[0] ?? 0];
  let width = 1;
  while (Math.floor(last / width) - Math.floor(first / width) + 1 > buckets) width *= 2;
  return width;
}

/** The points of a curve after its first `from`. */
export interface CurveChange {
  readonly from: number;
  readonly curve: Curve;
}

/** What leads from one curve to the next; null when they are equal. */
export function curveChange(before: Curve | undefined, after: Curve): CurveChange | null {
  const from = before === undefined ? 0 : commonLength(before, after);
  if (before !== undefined && from === after.steps.length && from === before.steps.length) return null;
  return {
    from,
    curve: {
      ...after,
      steps: after.steps.slice(from),
      low: after.low.slice(from),
      high: after.high.slice(from),
      smooth: after.smooth.slice(from),
    },
  };
}

/** The curve after a change, or null when the change does not fit what is there. */
export function applyCurveChange(before: Curve | undefined, { from, curve }: CurveChange): Curve | null {
  if (from > (before?.steps.length ?? 0)) return null;
  const join = (old: readonly number[] | undefined, more: readonly number[]) => [
    ...(old ?? []).slice(0, from),
    ...more,
  ];
  return {
    name: curve.name,
    last: curve.last,
    steps: join(before?.steps, curve.steps),
    low: join(before?.low, curve.low),
    high: join(before?.high, curve.high),
    smooth: join(before?.smooth, curve.smooth),
  };
}

function commonLength(one: Curve, other: Curve): number {
  const longest = Math.min(one.steps.length, other.steps.length);
  for (let at = 0; at < longest; at += 1) {
    if (
      one.steps[at] !== other.steps[at] ||
      one.low[at] !== other.low[at] ||
      one.high[at] !== other.high[at] ||
      one.smooth[at] !== other.smooth[at]
    )
      return at;
  }
  return longest;
}

/** A group of curves under one heading, in the order of use. */
export interface CurveGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** What the trainers call their metrics, by what a person looks at together. The first pattern that fits decides. */
const GROUPS: readonly { readonly title: string; readonly pattern: RegExp }[] = [
  { title: 'Validation', pattern: /^(eval[_/]|val[-_/]|pass@|maj@)/ },
  { title: 'Reflection', pattern: /^reflection\// },
  {
    title: 'Reward',
    pattern: /^(reward|rewards?\/|score|critic\/(score|reward)|outcome)|frac_reward_zero_std/,
  },
  { title: 'Drift', pattern: /(^|\/)(kl|ppo_kl|approx_kl)/ },
  { title: 'Loss', pattern: /^loss$|_loss$|accuracy|perplexity/ },
  { title: 'Exploration', pattern: /entropy/ },
  { title: 'Clipping', pattern: /clip_ratio|pg_clipfrac|clipfrac|ratio/ },
  { title: 'Length', pattern: /length|clipped_ratio|truncat|aborted/ },
  { title: 'Engine mismatch', pattern: /logp_difference|importance|probs_diff/ },
  { title: 'Advantage', pattern: /advantage/ },
  { title: 'Optimiser', pattern: /grad_norm|learning_rate|^lr$|epoch/ },
  { title: 'Speed and memory', pattern: /time|tokens|throughput|memory|mfu|per_second|runtime|flos/ },
];
/** Where a person looks first: the goal, what it is made of, then what may go wrong. */
const ORDER = [
  'Reward',
  'Loss',
  'Reflection',
  'Validation',
  'Length',
  'Drift',
  'Exploration',
  'Clipping',
  'Engine mismatch',
  'Advantage',
  'Optimiser',
  'Speed and memory',
  'Other',
];

/** Every metric in one group; names stay the trainer's own. */
export function curveGroups(names: readonly string[]): CurveGroup[] {
  const byTitle = Map.groupBy(names, (name) => groupOf(name));
  return ORDER.flatMap((title) => {
    const members = byTitle.get(title);
    return members === undefined ? [] : [{ title, names: members.toSorted(compareNames) }];
  });
}

function groupOf(name: string): string {
  // `clipped_ratio` is about length, though it is called a ratio.
  if (/completions\/|clipped_ratio/.test(name)) return 'Length';
  return GROUPS.find(({ pattern }) => pattern.test(name))?.title ?? 'Other';
}

/** What is looked at first. */
const LEADERS = ['reward', 'loss'];

/** Leaders, then totals before their parts: `reward` before `rewards/outcome/mean`. */
function compareNames(a: string, b: string): number {
  const lead = Number(LEADERS.includes(b)) - Number(LEADERS.includes(a));
  return lead || a.split('/').length - b.split('/').length || (a < b ? -1 : Number(a > b));
}
