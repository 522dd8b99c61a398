import type { Comparison, Estimate } from '../../schema/comparison.ts';

type MetricRow = Comparison['metrics'][number];
type Format = MetricRow['format'];

const SCALES = {
  percent: { factor: 100, digits: 1 },
  number: { factor: 1, digits: 2 },
  tokens: { factor: 1, digits: 0 },
} as const satisfies Record<Format, object>;

/** ` [55.1, 64.2]` in the metric's unit; nothing where there is no interval. */
function intervalText(interval: { low: number; high: number } | null, format: Format): string {
  if (interval === null) return '';
  const { factor, digits } = SCALES[format];
  return ` [${(factor * interval.low).toFixed(digits)}, ${(factor * interval.high).toFixed(digits)}]`;
}

/** `59.8 % [55.1, 64.2]`; `*` marks a denominator under 20, and `–` what is not defined. */
export function estimateWords(estimate: Estimate, format: Format): string {
  if (estimate.value === null) return '–';
  return `${estimate.text}${intervalText(estimate.interval, format)}${estimate.isSmall ? ' *' : ''}`;
}

/** `+13.7 points [9.1, 18.2]`. */
export function differenceWords({ paired, format }: MetricRow): string {
  return paired.difference === null ? '–' : paired.text + intervalText(paired.interval, format);
}

/** The p-value as it is judged: Holm-adjusted where it shares a correction. */
export function pWords({ paired }: MetricRow): string {
  const p = paired.pAdjusted ?? paired.p;
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** What the intervals, tests and marks of a comparison mean, in one paragraph. */
export function methodWords({ settings, problems }: Comparison): string {
  const { level, draws, permutations, seed } = settings;
  const count = (value: number) => value.toLocaleString('en');
  return (
    `${problems.shared} problems that both runs have, paired by problem. Intervals: ${100 * level} %, bootstrap over ` +
    `problems, ${count(draws)} draws, seed ${seed}. Tests: two-sided sign flips over problems ` +
    `(${count(permutations)} draws, or exact); secondary metrics share Holm's correction. ` +
    `* fewer than 20 counted: do not quote. – not defined.`
  );
}
