import 'uplot/dist/uPlot.min.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Curve } from '../../src/core/runs/curves.ts';
import * as l10n from '../shared/l10n.ts';
import { soon } from '../shared/soon.ts';
import { themeColour, themeVersion } from '../shared/theme.ts';
import { shown } from './curves.tsx';

const HEIGHT = 110;
/** The cursors of all charts stand at the same step. */
const SYNC = uPlot.sync('training');

/** The range of each bucket as a band, the smoothed value as a line over it: never instead of it. */
export function CurveChart({
  curve,
  last,
  pick,
}: {
  curve: Curve;
  last: number;
  pick: (step: number) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = themeVersion.value;

  const { isSeen, wasSeen } = useSeen(place);

  useEffect(() => {
    const element = place.current;
    if (element === null || !wasSeen) return;
    const takeBack = soon(element, () => {
      plot.current = drawn(element, curve, last, pick);
    });
    const resize = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resize.observe(element);
    return () => {
      takeBack();
      resize.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [theme, wasSeen]);
  useEffect(() => {
    if (!isSeen) return;
    return soon(plot, () => {
      plot.current?.setData(data(curve));
      plot.current?.setScale('x', { min: 0, max: Math.max(1, last) });
    });
  }, [curve, last, isSeen]);
  return <div ref={place} class="chart" role="img" aria-label={describe(curve)} />;
}

function drawn(element: HTMLElement, curve: Curve, last: number, pick: (step: number) => void): uPlot {
  const made = new uPlot(options(element.clientWidth), data(curve), element);
  made.setScale('x', { min: 0, max: Math.max(1, last) });
  made.over.addEventListener('click', () => {
    const step = made.data[0]?.[made.cursor.idx ?? -1];
    if (step !== undefined) pick(step);
  });
  return made;
}

/** So far below and above the edge it counts as seen: a scroll finds it drawn. */
const NEAR = '300px';

/** Whether an element is on the screen, and ever was: what nobody sees is not drawn at every step. */
function useSeen(place: { readonly current: HTMLElement | null }): { isSeen: boolean; wasSeen: boolean } {
  const seen = useSignal({ isSeen: false, wasSeen: false });
  useEffect(() => {
    if (place.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const isSeen = entries.at(-1)?.isIntersecting === true;
        seen.value = { isSeen, wasSeen: seen.value.wasSeen || isSeen };
      },
      { rootMargin: NEAR },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return seen.value;
}

function describe({ name, steps, smooth, last }: Curve): string {
  const [from, to] = [steps[0], steps.at(-1)];
  if (from === undefined || to === undefined) return l10n.t('{0}: not measured yet', name);
  return l10n.t('{name}: from {first} at step {from} to {last} at step {to}', {
    ...{ name, from, to },
    first: shown(smooth[0] ?? Number.NaN),
    last: shown(last),
  });
}

function data({ steps, low, high, smooth }: Curve): uPlot.AlignedData {
  return [[...steps], [...low], [...high], [...smooth]];
}

function options(width: number): uPlot.Options {
  const text = themeColour('--vscode-descriptionForeground', '#888');
  const line = themeColour('--vscode-charts-blue', '#3794ff');
  const isContrast = document.body.classList.contains('vscode-high-contrast');
  const axis: uPlot.Axis = {
    stroke: text,
    font: `10px ${themeColour('--vscode-font-family', 'sans-serif')}`,
    grid: {
      show: !isContrast,
      stroke: themeColour('--vscode-editorIndentGuide-background1', '#8884'),
      width: 0.5,
    },
    ticks: { show: false },
  };
  const raw: uPlot.Series = {
    stroke: `color-mix(in srgb, ${line} 45%, transparent)`,
    width: 1,
    points: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, sync: { key: SYNC.key, setSeries: false }, points: { size: 5 } },
    padding: [6, 14, 0, 0],
    scales: {
      // From the beginning to the last step of any metric, which setScale names as the run goes on.
      x: { time: false, range: (_self, _min, max) => [0, Math.max(1, max ?? 1)] },
      y: { range: (_self, min, max) => padded(min, max) },
    },
    axes: [
      { ...axis, size: 18, space: 50, gap: 2 },
      {
        ...axis,
        size: 46,
        space: 28,
        gap: 3,
        values: (_self, splits) => splits.map((value) => shown(value)),
      },
    ],
    bands: [{ series: [2, 1], fill: `color-mix(in srgb, ${line} 25%, transparent)` }],
    series: [
      { label: 'step' },
      { ...raw, label: 'lowest' },
      { ...raw, label: 'highest' },
      {
        label: 'smoothed',
        stroke: line,
        width: 1.75,
        points: { show: (self) => (self.data[0]?.length ?? 0) < 2 },
      },
    ],
  };
}

/** A little room above and below; a constant is drawn in the middle. */
function padded(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const room = (max - min) * 0.06 || Math.abs(max) * 0.1 || 1;
  return [min - room, max + room];
}
