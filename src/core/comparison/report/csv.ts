import type { Estimate } from '../../schema/comparison.ts';
import type { ReportedComparison, ReportInput } from './input.ts';

const COLUMNS = [
  'kind',
  'name',
  'run',
  'baseline',
  'value',
  'low',
  'high',
  'numerator',
  'denominator',
  'problems',
  'difference',
  'differenceLow',
  'differenceHigh',
  'p',
  'pAdjusted',
  'verdict',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | number | null>>;

/**
 * One long table that a program reads: a row for each metric of each run, for each problem and for each setting. Numbers
 * are not rounded; what is not defined is empty.
 */
export function csvReport(input: ReportInput): string {
  const { labels, baseline, comparisons, configuration, command } = input;
  const rows: Row[] = [
    ...baseline.metrics.map(({ id, estimate }) => ({
      kind: 'metric',
      name: id,
      run: labels[0] ?? '',
      ...valuesOf(estimate),
    })),
    ...comparisons.flatMap((comparison) => [...metricRows(comparison), ...problemRows(comparison)]),
    ...configuration.flatMap(({ setting, values }) =>
      values.map((value, at) => ({ kind: 'setting', name: setting, run: labels[at] ?? '', value })),
    ),
    { kind: 'command', name: 'reproduce', value: command },
  ];
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(','))].join(
    '\r\n',
  );
}

function metricRows({ baseline, other, metrics }: ReportedComparison): Row[] {
  return metrics.map((metric) => ({
    kind: 'metric',
    name: metric.id,
    run: other,
    baseline,
    ...valuesOf(metric.other),
    difference: metric.paired.difference,
    differenceLow: metric.paired.interval?.low ?? null,
    differenceHigh: metric.paired.interval?.high ?? null,
    p: metric.paired.p,
    pAdjusted: metric.paired.pAdjusted,
    verdict: metric.better === 'none' ? '' : metric.paired.verdict,
  }));
}

function problemRows({ baseline, other, perProblem }: ReportedComparison): Row[] {
  return perProblem.map((problem) => ({
    kind: 'problem',
    name: problem.problemId,
    run: other,
    baseline,
    numerator: problem.other?.correct ?? null,
    denominator: problem.other?.graded ?? null,
    value:
      problem.other === null || problem.other.graded === 0
        ? null
        : problem.other.correct / problem.other.graded,
    difference: problem.difference,
  }));
}

function valuesOf({ value, interval, numerator, denominator, problems }: Estimate): Row {
  return {
    value,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    numerator,
    denominator,
    problems,
  };
}

/** A spreadsheet takes a text that starts like a formula for one: such a text gets an apostrophe. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
