/**
 * Two methods, each seen in several runs: over several benchmarks of equal weight, or trained with several seeds
 * (spec C4). The noise that one pair of runs cannot show is in these intervals.
 */
import { accuracyAtT2 } from '../metrics/critiqueAccuracy.ts';
import type { Metric } from '../metrics/metric.ts';
import { passAt1 } from '../metrics/pass.ts';
import type { ProblemGroup } from '../metrics/rows.ts';
import { DEFAULT_LEVEL, type Interval } from './bootstrap.ts';
import type { CompareOptions, RunToCompare } from './compare.ts';
import { hierarchicalInterval } from './hierarchical.ts';
import { type DifferenceVerdict, differenceSentence, judgeDifference } from './paired.ts';
import { mean } from './quantile.ts';
import { stratifiedDifference } from './stratified.ts';

/** A method with its runs. */
export interface Method {
  readonly label: string;
  readonly runs: readonly RunToCompare[];
}

/** A benchmark, or a training seed of one method. */
export interface MethodPart {
  readonly label: string;
  readonly problems: number;
  /** Null where the part belongs to the other method alone. */
  readonly baseline: number | null;
  readonly other: number | null;
}

export interface MethodComparison {
  readonly over: 'benchmarks' | 'seeds';
  readonly metric: Pick<Metric, 'id' | 'label' | 'better' | 'format'>;
  readonly baseline: string;
  readonly other: string;
  readonly parts: readonly MethodPart[];
  /** Mean over the parts, other minus baseline. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** Null over seeds: there the interval alone decides. */
  readonly p: number | null;
  readonly problems: number;
  readonly verdict: DifferenceVerdict;
  readonly reasons: readonly string[];
  readonly sentence: string;
  /** What the interval does not show. */
  readonly cautions: readonly string[];
}

/** Run i of both methods is over benchmark i. Each benchmark counts the same, however many problems it has. */
export function compareOverBenchmarks(
  baseline: Method,
  other: Method,
  names: readonly string[],
  options: CompareOptions = {},
): MethodComparison {
  const metric = headlineOf([baseline, other]);
  const strata = baseline.runs.map((run, i) => pairedSums(metric, run, other.runs[i]));
  const found = strata.some(([a]) => a.length === 0) ? null : stratifiedDifference(strata, options);
  const parts = strata.map(([a, b], i) => ({
    label: names[i] ?? String(i + 1),
    problems: a.length,
    baseline: metric.measure(a).value,
    other: metric.measure(b).value,
  }));
  const small = parts.filter(({ problems }) => problems < FEW_PROBLEMS).map(({ label }) => label);
  return conclude(metric, baseline, other, {
    over: 'benchmarks',
    parts,
    problems: strata.reduce((sum, [a]) => sum + a.length, 0),
    difference: found?.difference ?? null,
    interval: found?.interval ?? null,
    p: found?.p ?? null,
    level: options.level ?? DEFAULT_LEVEL,
    cautions:
      small.length === 0
        ? []
        : [
            `Under ${FEW_PROBLEMS} problems in ${small.join(', ')}: each counts as much as a large benchmark.`,
          ],
  });
}

const FEW_PROBLEMS = 20;
/** With fewer seeds a bootstrap over them is much too narrow: by the factor √((n − 1)/n). */
const FEW_SEEDS = 5;

function pairedSums(metric: Metric, a: RunToCompare, b: RunToCompare | undefined) {
  const ofB = new Map(b?.groups.map((group) => [group.problemId, group]));
  const pairs = a.groups.flatMap((group) => {
    const twin = ofB.get(group.problemId);
    const [one, two] = [metric.parts(group), twin === undefined ? null : metric.parts(twin)];
    return one === null || two === null ? [] : [[one, two] as const];
  });
  return [pairs.map(([one]) => one), pairs.map(([, two]) => two)] as const;
}

/** The runs of each method differ in their training seed; all are over the same problems. */
export function compareOverSeeds(
  baseline: Method,
  other: Method,
  options: CompareOptions = {},
): MethodComparison {
  const metric = headlineOf([baseline, other]);
  const scored = [baseline, other].map(({ runs }) => runs.map((run) => scoresOf(metric, run)));
  const everyRun = scored.flat();
  const shared = [...(everyRun[0]?.keys() ?? [])].filter((id) => everyRun.every((run) => run.has(id)));
  const [a = [], b = []] = scored.map((runs) => runs.map((run) => shared.map((id) => run.get(id) ?? [])));
  const meanOf = (run: readonly (readonly number[])[]) => mean(run.map(mean));
  const [valuesA, valuesB] = [a.map(meanOf), b.map(meanOf)];
  const most = Math.max(...everyRun.map((run) => run.size));
  const part = (side: 'baseline' | 'other', method: Method, values: readonly number[]) =>
    values.map(
      (value, i): MethodPart => ({
        label: method.runs[i]?.label ?? String(i + 1),
        problems: shared.length,
        baseline: null,
        other: null,
        [side]: value,
      }),
    );
  const isDefined = shared.length > 0 && valuesA.length > 0 && valuesB.length > 0;
  return conclude(metric, baseline, other, {
    over: 'seeds',
    parts: [...part('baseline', baseline, valuesA), ...part('other', other, valuesB)],
    problems: shared.length,
    difference: isDefined ? mean(valuesB) - mean(valuesA) : null,
    interval: isDefined ? hierarchicalInterval(a, b, options) : null,
    p: null,
    level: options.level ?? DEFAULT_LEVEL,
    cautions: [
      ...[baseline, other].flatMap(seedCaution),
      ...(shared.length < most ? [leftOut(most - shared.length)] : []),
    ],
  });
}

function leftOut(problems: number): string {
  const what = problems === 1 ? '1 problem is' : `${problems} problems are`;
  return `${what} not graded in every run, and left out.`;
}

function seedCaution({ label, runs }: Method): string[] {
  if (runs.length === 1) {
    return [
      `${label} has one run: if it was trained, the spread between its trainings is not in the interval.`,
    ];
  }
  if (runs.length >= FEW_SEEDS) return [];
  const share = Math.round(100 * (1 - Math.sqrt((runs.length - 1) / runs.length)));
  return [
    `${label} has ${runs.length} seeds: the part of the interval that comes from them is about ${share} % too narrow.`,
  ];
}

/** Scores of the graded samples of each problem. */
function scoresOf(metric: Metric, { groups }: RunToCompare): Map<string, readonly number[]> {
  const scores = (group: ProblemGroup) =>
    metric.id === passAt1.id
      ? group.solutions.flatMap(({ grade }) =>
          grade === 'undetermined' ? [] : [Number(grade === 'correct')],
        )
      : group.critiques.flatMap(({ transition }) =>
          transition === null ? [] : [Number(transition.endsWith('c'))],
        );
  return new Map(
    groups.map((group) => [group.problemId, scores(group)] as const).filter(([, list]) => list.length > 0),
  );
}

/** pass@1 of runs of solutions, Acc@t2 of runs of critiques. */
function headlineOf(methods: readonly Method[]): Metric {
  const groups = methods.flatMap(({ runs }) => runs.flatMap((run) => run.groups));
  return groups.some(({ solutions }) => solutions.length > 0) ? passAt1 : accuracyAtT2;
}

function conclude(
  { id, label, better, format }: Metric,
  baseline: Method,
  other: Method,
  found: Omit<MethodComparison, 'metric' | 'baseline' | 'other' | 'verdict' | 'reasons' | 'sentence'> & {
    readonly level: number;
  },
): MethodComparison {
  const { level, ...rest } = found;
  const { difference, interval, p, problems, over } = rest;
  const known = {
    metric: { id, label, better, format },
    baseline: baseline.label,
    other: other.label,
    ...rest,
  };
  if (difference === null) {
    const reason = 'they share no graded problem';
    return { ...known, verdict: 'cannot tell', reasons: [reason], sentence: `Cannot tell: ${reason}.` };
  }
  const judged = { difference, interval, p, problems, better, level, format };
  // Over seeds there is no test beside the interval.
  const { verdict, reasons } =
    over === 'benchmarks' || interval === null
      ? judgeDifference(judged)
      : judgeByInterval(difference, interval);
  const sentence = differenceSentence({ ...judged, verdict, wouldTell: null, samplesWouldTell: null });
  return { ...known, verdict, reasons, sentence };
}

function judgeByInterval(difference: number, { low, high }: Interval) {
  const excludesZero = low > 0 || high < 0;
  const verdict: DifferenceVerdict = !excludesZero ? 'cannot tell' : difference > 0 ? 'better' : 'worse';
  return { verdict, reasons: [excludesZero ? 'the interval excludes 0' : 'the interval includes 0'] };
}
