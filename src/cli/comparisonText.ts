/** Summaries and comparisons in words, as tables, in Markdown and in LaTeX. The numbers come computed from core. */
import { latexTable, markdownTable } from '../core/comparison/index.ts';
import type { Comparison, Estimate, RunSummary, TransitionCounts } from '../core/schema/comparison.ts';
import { table } from './tables.ts';

export type TextFormat = 'table' | 'md' | 'latex';

/** `59.8 % [55.1, 64.2]`; a small denominator is marked. */
function estimateText(estimate: Estimate, format: 'percent' | 'number' | 'tokens'): string {
  if (estimate.value === null) return `undefined (${estimate.reason ?? 'no rows'})`;
  const scale = format === 'percent' ? 100 : 1;
  const digits = format === 'number' ? 2 : format === 'percent' ? 1 : 0;
  const bound = (value: number) => (value * scale).toFixed(digits);
  const interval = estimate.interval
    ? ` [${bound(estimate.interval.low)}, ${bound(estimate.interval.high)}]`
    : '';
  return `${estimate.text}${interval}${estimate.isSmall ? ' (n<20)' : ''}`;
}

export function summaryText(summary: RunSummary, format: TextFormat = 'table'): string {
  const rows = summary.metrics.map((metric) => [
    metric.label,
    estimateText(metric.estimate, metric.format),
    `${round(metric.estimate.numerator)}/${round(metric.estimate.denominator)}`,
  ]);
  const failed = summary.failed > 0 ? `, ${summary.failed} failed` : '';
  const counted = summary.critiques > 0 ? `${summary.critiques} critiques` : `${summary.solutions} solutions`;
  return [
    `${summary.label}: ${summary.problems} problem${summary.problems === 1 ? '' : 's'}, ${counted}${failed}; 95 % intervals over problems`,
    '',
    rows.length === 0
      ? 'Nothing to measure: no sample has finished.'
      : formatRows(['metric', 'value', 'counted'], rows, format),
    ...(summary.transitions === null ? [] : ['', transitionText(summary.label, summary.transitions)]),
  ].join('\n');
}

/** The sentence first, then the numbers. */
export function comparisonText(comparison: Comparison, format: TextFormat = 'table'): string {
  const { shared, baseline, other } = comparison.problems;
  const nothing = `Nothing to compare: they share ${shared === 0 ? 'no problem' : 'no metric'}.`;
  const { transitions } = comparison;
  const rows = comparison.metrics.map((metric) => [
    metric.label,
    estimateText(metric.baseline, metric.format),
    estimateText(metric.other, metric.format),
    metric.paired.text + differenceInterval(metric.paired.interval, metric.format),
    metric.better === 'none' ? '' : metric.paired.verdict,
  ]);
  return [
    `${comparison.other} against ${comparison.baseline}: ${comparison.verdict?.sentence ?? nothing}`,
    `${shared} problems in both${shared < baseline || shared < other ? ` (${baseline} in the baseline, ${other} in the other)` : ''}; intervals over problems; secondary metrics by Holm`,
    '',
    formatRows(
      ['metric', comparison.baseline, comparison.other, 'paired difference', 'verdict'],
      rows,
      format,
    ),
    ...(transitions === null
      ? []
      : [
          '',
          transitionText(comparison.baseline, transitions.baseline),
          transitionText(comparison.other, transitions.other),
        ]),
  ].join('\n');
}

/** The transition matrix in one line. */
function transitionText(label: string, counts: TransitionCounts): string {
  const cells = Object.entries(counts).map(([transition, count]) => `${transition} ${count}`);
  return `Critiques of ${label}: ${cells.join(', ')}`;
}

function differenceInterval(interval: { low: number; high: number } | null, format: string): string {
  if (!interval) return '';
  const scale = format === 'percent' ? 100 : 1;
  const digits = format === 'number' ? 2 : format === 'percent' ? 1 : 0;
  return ` [${(interval.low * scale).toFixed(digits)}, ${(interval.high * scale).toFixed(digits)}]`;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

function formatRows(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  format: TextFormat,
): string {
  if (format === 'md') return markdownTable(head, rows);
  return format === 'latex' ? latexTable(head, rows) : table(head, rows);
}
