/**
 * What tells lines apart besides their colour: dashes and marks, because colour alone tells nothing to some people and
 * nothing in print. The colours are in series.css, by class.
 */
const SERIES = [
  { className: 'series-0', dash: [], mark: '●' },
  { className: 'series-1', dash: [6, 3], mark: '■' },
  { className: 'series-2', dash: [2, 2], mark: '▲' },
  { className: 'series-3', dash: [8, 3, 2, 3], mark: '◆' },
  { className: 'series-4', dash: [1, 3], mark: '✚' },
  { className: 'series-5', dash: [10, 4], mark: '▼' },
] as const;

/** The look of the series at this position; looks repeat after the sixth. */
export function seriesAt(at: number): (typeof SERIES)[number] {
  return SERIES[at % SERIES.length] ?? SERIES[0];
}
