import type { Metric } from '../metrics/metric.ts';

/** A value as people read it: `41.2 %`, `0.38`, `512`. */
export function formatValue(value: number | null, format: Metric['format']): string {
  if (value === null) return 'undefined';
  if (format === 'percent') return `${(100 * value).toFixed(1)} %`;
  return format === 'tokens' ? value.toFixed(0) : value.toFixed(2);
}

/** A difference with its sign: `+4.1 points`, `−0.06`. */
export function formatDifference(difference: number, format: Metric['format']): string {
  const unit = { percent: ' points', number: '', tokens: ' tokens' }[format];
  return `${formatSigned(difference, format)}${unit}`;
}

/** A signed number without its unit, with a true minus sign. */
export function formatSigned(difference: number, format: Metric['format']): string {
  const digits = { percent: 1, number: 2, tokens: 0 }[format];
  const size = Math.abs(format === 'percent' ? 100 * difference : difference).toFixed(digits);
  const sign = Number(size) === 0 ? '' : difference < 0 ? '−' : '+';
  return `${sign}${size}`;
}

/** A p-value: `p = 0.031`, `p < 0.001`. */
export function formatP(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}
