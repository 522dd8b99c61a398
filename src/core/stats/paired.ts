import type { Metric, Sums } from '../metrics/metric.ts';
import { addSums } from '../metrics/metric.ts';
import {
  type BootstrapOptions,
  DEFAULT_LEVEL,
  type Interval,
  pairedBootstrapInterval,
  type ValueOf,
} from './bootstrap.ts';
import { mcnemarExact } from './mcnemar.ts';
import { POWER_FACTOR, problemsToTell, samplesToTell } from './power.ts';
import { DEFAULT_PERMUTATIONS, signFlipTest } from './signFlip.ts';
import type { SampleCount } from './variance.ts';
import { formatDifference, formatP, formatSigned } from './words.ts';

export type DifferenceVerdict = 'better' | 'worse' | 'cannot tell';

export interface PairedOptions extends BootstrapOptions {
  readonly permutations?: number;
  /** Which sign is an improvement, and how a difference is worded. */
  readonly better?: Metric['better'];
  readonly format?: Metric['format'];
  /** Correct of all samples on each problem of both arms, aligned with the sums: to say how many samples would tell. */
  readonly samples?: readonly [a: readonly SampleCount[], b: readonly SampleCount[]];
}

/** The test that gave a p-value. `mcnemar` for one sample a problem: then it is the sign-flip test in closed form. */
export type PairedTest = 'sign-flip exact' | 'sign-flip' | 'mcnemar exact';

export interface PairedDifference {
  /** b − a; `null` where the metric is undefined on an arm. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** Two-sided. */
  readonly p: number | null;
  readonly test: PairedTest | null;
  /** Problems that both arms have. */
  readonly problems: number;
  readonly verdict: DifferenceVerdict;
  /** Why the verdict is what it is. */
  readonly reasons: string[];
  /** The verdict with its evidence, for people. */
  readonly sentence: string;
  /** How many problems like these would show a difference of this size in 4 of 5 repeats; `null` where that cannot be said. */
  readonly wouldTell: number | null;
  /** How many samples for each of these problems would; `null` where no number would, or it cannot be said. */
  readonly samplesWouldTell: number | null;
  /** The smallest difference that this many problems show in 4 of 5 repeats (spec C4). */
  readonly detectable: number | null;
}

/**
 * Paired comparison of two arms over the same problems (spec C4): `a` is the baseline; entry i of both is problem i, and
 * an entry that is `null` in either arm takes the problem out.
 */
export function pairedDifference(
  a: readonly (Sums | null)[],
  b: readonly (Sums | null)[],
  value: ValueOf,
  options: PairedOptions = {},
): PairedDifference {
  const { better = 'higher', format = 'percent', level = DEFAULT_LEVEL } = options;
  const shared = [...a.keys()].filter((i) => a[i] !== null && b[i] !== null && b[i] !== undefined);
  const armA = shared.map((i) => a[i] ?? []);
  const armB = shared.map((i) => b[i] ?? []);
  const problems = shared.length;
  const valueA = problems === 0 ? null : value(addSums(armA));
  const valueB = problems === 0 ? null : value(addSums(armB));
  if (valueA === null || valueB === null) return undefinedDifference(problems);
  const difference = valueB - valueA;
  if (!Number.isFinite(difference)) return undefinedDifference(problems);
  const interval = pairedBootstrapInterval(armA, armB, value, options);
  const { p, test } = pairedTest(armA, armB, value, options);
  const detectable = interval === null ? null : POWER_FACTOR * interval.standardError;
  const wouldTell = interval === null ? null : problemsToTell(difference, interval.standardError, problems);
  const samples = options.samples?.map((arm) => shared.flatMap((i) => arm[i] ?? []));
  const [samplesA, samplesB] = samples ?? [];
  const samplesWouldTell =
    samplesA === undefined || samplesB === undefined ? null : samplesToTell(difference, samplesA, samplesB);
  const judged = { difference, interval, p, problems, better, level, format };
  const { verdict, reasons } = judgeDifference(judged);
  const sentence = differenceSentence({ ...judged, verdict, wouldTell, samplesWouldTell });
  return {
    difference,
    interval,
    p,
    test,
    problems,
    verdict,
    reasons,
    sentence,
    wouldTell,
    samplesWouldTell,
    detectable,
  };
}

function pairedTest(
  a: readonly Sums[],
  b: readonly Sums[],
  value: ValueOf,
  options: PairedOptions,
): { p: number | null; test: PairedTest | null } {
  const isSingle = (sums: Sums) => (sums[0] === 0 || sums[0] === 1) && sums[1] === 1 && sums[3] === 1;
  if (a.every(isSingle) && b.every(isSingle)) {
    const gaps = a.map((sums, i) => (b[i]?.[0] ?? 0) - (sums[0] ?? 0));
    const [gained, lost] = [gaps.filter((gap) => gap > 0).length, gaps.filter((gap) => gap < 0).length];
    return { p: mcnemarExact(gained, lost), test: 'mcnemar exact' };
  }
  const { permutations = DEFAULT_PERMUTATIONS, seed = 0 } = options;
  const result = signFlipTest(a, b, value, { draws: permutations, seed });
  if (result === null) return { p: null, test: null };
  return { p: result.p, test: result.isExact ? 'sign-flip exact' : 'sign-flip' };
}

function undefinedDifference(problems: number): PairedDifference {
  const reason =
    problems === 0
      ? 'the two runs share no problem on which this is defined'
      : 'it is not defined on both runs';
  return {
    difference: null,
    interval: null,
    p: null,
    test: null,
    problems,
    verdict: 'cannot tell',
    reasons: [reason],
    sentence: `Cannot tell: ${reason}.`,
    wouldTell: null,
    samplesWouldTell: null,
    detectable: null,
  };
}

interface Judged {
  readonly difference: number;
  readonly interval: Interval | null;
  readonly p: number | null;
  readonly problems: number;
  readonly better: Metric['better'];
  readonly level: number;
  readonly format: Metric['format'];
}

/** `better` or `worse` only where the interval excludes 0 and the test rejects; a metric without a good side has neither. */
export function judgeDifference({ difference, interval, p, better, level }: Judged): {
  verdict: DifferenceVerdict;
  reasons: string[];
} {
  if (better === 'none') return { verdict: 'cannot tell', reasons: ['neither direction is an improvement'] };
  if (interval === null || p === null) {
    return { verdict: 'cannot tell', reasons: ['there are too few problems for an interval'] };
  }
  if (difference === 0) return { verdict: 'cannot tell', reasons: ['there is no difference'] };
  const excludesZero = interval.low > 0 || interval.high < 0;
  const rejects = p < 1 - level;
  const reasons = [
    excludesZero ? 'the interval excludes 0' : 'the interval includes 0',
    rejects ? `the paired test rejects (${formatP(p)})` : `the paired test does not reject (${formatP(p)})`,
  ];
  if (!excludesZero || !rejects) return { verdict: 'cannot tell', reasons };
  return { verdict: difference > 0 === (better === 'higher') ? 'better' : 'worse', reasons };
}

export function differenceSentence({
  difference,
  interval,
  p,
  problems,
  better,
  verdict,
  format,
  wouldTell,
  samplesWouldTell,
}: Judged & {
  verdict: DifferenceVerdict;
  wouldTell: number | null;
  samplesWouldTell: number | null;
}): string {
  const head = better === 'none' ? 'Changed' : `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}`;
  const range =
    interval === null
      ? 'no interval'
      : `${Math.round(100 * interval.level)} % interval ${formatSigned(interval.low, format)} to ${formatSigned(interval.high, format)}`;
  const evidence = [
    range,
    ...(p === null ? [] : [formatP(p)]),
    `${problems} problem${problems === 1 ? '' : 's'}`,
  ].join(', ');
  const sentence = `${head}: ${formatDifference(difference, format)} (${evidence}).`;
  if (verdict !== 'cannot tell' || better === 'none') return sentence;
  if (difference === 0) return `${sentence} There is no difference to test.`;
  const hints = [
    ...(wouldTell !== null && wouldTell > problems
      ? [`about ${wouldTell.toLocaleString('en')} problems like these`]
      : []),
    ...(samplesWouldTell === null ? [] : [`about ${samplesWouldTell.toLocaleString('en')} samples of each`]),
  ];
  if (hints.length === 0) return sentence;
  const hint = hints.join(', or ');
  return `${sentence} ${hint.charAt(0).toUpperCase()}${hint.slice(1)} would tell.`;
}
