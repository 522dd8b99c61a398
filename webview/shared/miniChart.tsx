import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { TrainingCurve } from '../../src/core/protocol/training.ts';
import * as l10n from './l10n.ts';
import { themeColour, themeVersion } from './theme.ts';

const HEIGHT = 96;

/** What a run is about over its steps, loss or reward. A gap was not measured. Read by its table where it cannot be seen. */
export function MiniChart({ curve, title }: { curve: TrainingCurve; title: string }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = themeVersion.value;

  useEffect(() => {
    if (place.current === null) return;
    const element = place.current;
    const made = new uPlot(options(element.clientWidth), data(curve), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
    };
  }, [theme]);
  useEffect(() => plot.current?.setData(data(curve)), [curve]);

  return <div ref={place} class="chart" role="img" aria-label={describe(curve, title)} />;
}

const TABLE_ROWS = 20;

/** The last steps as text, for those who cannot see the chart. */
export function MiniTable({ curve }: { curve: TrainingCurve }) {
  const from = Math.max(0, curve.steps.length - TABLE_ROWS);
  const rows = curve.steps.slice(from).map((step, at) => ({ step, value: curve.values[from + at] ?? null }));
  return (
    <details class="chart-table">
      <summary>{l10n.t('{0} as a table', capitalised(curve.name))}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{l10n.t('step')}</th>
            <th scope="col">{curve.name}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ step, value }) => (
            <tr key={step}>
              <td>{step}</td>
              <td>{value === null ? l10n.t('not measured') : value.toFixed(4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function describe(curve: TrainingCurve, title: string): string {
  const measured = curve.values.filter((value) => value !== null);
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined) return l10n.t('{0}: no {1} yet', title, curve.name);
  return l10n.t('{title}: {name} from {first} to {last} in {steps} steps', {
    title,
    name: curve.name,
    first: first.toFixed(3),
    last: last.toFixed(3),
    steps: curve.steps.at(-1) ?? 0,
  });
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function data(curve: TrainingCurve): uPlot.AlignedData {
  return [[...curve.steps], [...curve.values]];
}

function options(width: number): uPlot.Options {
  const text = themeColour('--vscode-descriptionForeground', '#888');
  const grid = themeColour('--vscode-editorIndentGuide-background1', '#8884');
  // Lines that are bright enough for high contrast would drown the curve.
  const showGrid = !document.body.classList.contains('vscode-high-contrast');
  const axis: uPlot.Axis = {
    stroke: text,
    font: `10px ${themeColour('--vscode-font-family', 'sans-serif')}`,
    grid: { show: showGrid, stroke: grid, width: 0.5 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    padding: [6, 6, 0, 0],
    scales: { x: { time: false } },
    axes: [
      {
        ...axis,
        size: 18,
        space: 50,
        gap: 2,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000],
      },
      { ...axis, size: 38, space: 26, gap: 3 },
    ],
    series: [
      { label: 'step' },
      {
        label: 'value',
        stroke: themeColour('--vscode-charts-blue', '#3794ff'),
        width: 2,
        spanGaps: false,
        points: { show: (self) => (self.data[0]?.length ?? 0) < 2 },
      },
    ],
  };
}
