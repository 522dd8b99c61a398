import type { Metric, Sums } from '../metrics/metric.ts';
import { addSums } from '../metrics/metric.ts';
import {
  type BootstrapOptions,
  DEFAULT_LEVEL,
  type Interval,
  pairedBootstrapInterval,
  type ValueOf,
} from './bootstrap.ts';
import { DEFAULT_PERMUTATIONS, signFlipTest } from './signFlip.ts';
import { formatDifference, formatP, formatSigned } from './words.ts';

export type DifferenceVerdict = 'better' | 'worse' | 'cannot tell';

export interface PairedOptions extends BootstrapOptions {
  readonly permutations?: number;
  /** How a difference is worded and which sign is an improvement. */
  readonly better?: Metric['better'];
  readonly format?: Metric['format'];
}

export interface PairedDifference {
  /** b − a; `null` where the metric is undefined on an arm. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** Two-sided paired sign-flip test. */
  readonly p: number | null;
  readonly isExact: boolean;
  /** Problems that both arms have. */
  readonly problems: number;
  readonly verdict: DifferenceVerdict;
  /** The verdict with its reasons, for people. */
  readonly sentence: string;
  /** How many problems like these would show a difference of this size in 4 of 5 repeats; `null` where that cannot be said. */
  readonly wouldTell: number | null;
  /** The smallest difference that this many problems show in 4 of 5 repeats (spec C4). */
  readonly detectable: number | null;
}

/** z(0.975) + z(0.8): a two-sided test at 5 % that finds the effect in 80 % of repeats (spec C4). */
export const POWER_FACTOR = 2.8;

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
  const [armA, armB] = sharedProblems(a, b);
  const problems = armA.length;
  const valueA = problems === 0 ? null : value(addSums(armA));
  const valueB = problems === 0 ? null : value(addSums(armB));
  if (valueA === null || valueB === null) return undefinedDifference(problems);
  const difference = valueB - valueA;
  const interval = pairedBootstrapInterval(armA, armB, value, options);
  const test = signFlipTest(armA, armB, value, {
    draws: options.permutations ?? DEFAULT_PERMUTATIONS,
    seed: options.seed ?? 0,
  });
  const detectable = interval === null ? null : POWER_FACTOR * interval.standardError;
  const wouldTell =
    detectable === null || difference === 0 || detectable === 0
      ? null
      : Math.ceil(problems * (detectable / difference) ** 2);
  const judged = { difference, interval, p: test?.p ?? null, problems, better, level };
  const verdict = differenceVerdict(judged);
  return {
    difference,
    interval,
    p: judged.p,
    isExact: test?.isExact ?? false,
    problems,
    verdict,
    sentence: differenceSentence({ ...judged, verdict, format, wouldTell }),
    wouldTell,
    detectable,
  };
}

/** The problems that both arms have. */
function sharedProblems(a: readonly (Sums | null)[], b: readonly (Sums | null)[]): [a: Sums[], b: Sums[]] {
  const armA: Sums[] = [];
  const armB: Sums[] = [];
  for (const [i, sumsA] of a.entries()) {
    const sumsB = b[i] ?? null;
    if (sumsA === null || sumsB === null) continue;
    armA.push(sumsA);
    armB.push(sumsB);
  }
  return [armA, armB];
}

function undefinedDifference(problems: number): PairedDifference {
  return {
    difference: null,
    interval: null,
    p: null,
    isExact: false,
    problems,
    verdict: 'cannot tell',
    sentence:
      problems === 0
        ? 'Cannot tell: the two runs share no problem on which this is defined.'
        : 'Cannot tell: it is not defined on both runs.',
    wouldTell: null,
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
}

/** `better` or `worse` only where the interval excludes 0 and the test rejects; a metric without a good side has neither. */
export function differenceVerdict({
  difference,
  interval,
  p,
  better,
  level,
}: Omit<Judged, 'problems'>): DifferenceVerdict {
  if (interval === null || p === null || better === 'none') return 'cannot tell';
  const excludesZero = interval.low > 0 || interval.high < 0;
  if (!excludesZero || p >= 1 - level) return 'cannot tell';
  return difference > 0 === (better === 'higher') ? 'better' : 'worse';
}

function differenceSentence({
  difference,
  interval,
  p,
  problems,
  better,
  verdict,
  format,
  wouldTell,
}: Judged & { verdict: DifferenceVerdict; format: Metric['format']; wouldTell: number | null }): string {
  const head = better === 'none' ? 'Changed' : `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}`;
  const range =
    interval === null
      ? 'no interval'
      : `${Math.round(100 * interval.level)} % interval ${formatSigned(interval.low, format)} to ${formatSigned(interval.high, format)}`;
  const evidence = [range, ...(p === null ? [] : [formatP(p)]), `${problems} problems`].join(', ');
  const sentence = `${head}: ${formatDifference(difference, format)} (${evidence}).`;
  if (verdict !== 'cannot tell' || better === 'none') return sentence;
  if (wouldTell === null) return `${sentence} There is no difference to test.`;
  if (wouldTell <= problems) return sentence;
  return `${sentence} About ${wouldTell.toLocaleString('en')} problems like these would tell.`;
}
