/**
 * What tells lines apart: colour, dashes and the shape of the points, because colour alone tells nothing to some people
 * and nothing in print. The classes are in series.css.
 */
export const SERIES = [
  { colour: '--vscode-charts-blue', fallback: '#3794ff', dash: [], mark: '●' },
  { colour: '--vscode-charts-orange', fallback: '#d18616', dash: [6, 3], mark: '■' },
  { colour: '--vscode-charts-green', fallback: '#89d185', dash: [2, 2], mark: '▲' },
  { colour: '--vscode-charts-purple', fallback: '#b180d7', dash: [8, 3, 2, 3], mark: '◆' },
  { colour: '--vscode-charts-red', fallback: '#f14c4c', dash: [1, 3], mark: '✚' },
  { colour: '--vscode-charts-yellow', fallback: '#cca700', dash: [10, 4], mark: '▼' },
] as const;

/** The look of the series at this position; looks repeat after the sixth. */
export function seriesAt(at: number): (typeof SERIES)[number] & { readonly className: string } {
  const index = at % SERIES.length;
  const found = SERIES[index] ?? SERIES[0];
  return { ...found, className: `series-${index}` };
}
