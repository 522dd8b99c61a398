import type { PassCurve } from '../../src/core/comparison/index.ts';
import * as l10n from '../shared/l10n.ts';
import { seriesAt } from '../shared/series.ts';

const WIDTH = 520;
const HEIGHT = 220;
const LEFT = 44;
const BOTTOM = 28;
const TOP = 10;
const RIGHT = 12;

/** pass@k over k: whether more samples find what one misses. */
export function PassCurves({ curves, labels }: { curves: readonly PassCurve[]; labels: readonly string[] }) {
  const ks = [...new Set(curves.flatMap(({ points }) => points.map(({ k }) => k)))].sort((a, b) => a - b);
  const most = ks.at(-1) ?? 1;
  if (most < 2) return null;
  return (
    <section>
      <h2 id="pass-curve">{l10n.t('pass@k')}</h2>
      <p class="legend">
        {labels.map((label, at) => (
          <span key={at} class="legend-item">
            <span class={seriesAt(at).className} aria-hidden="true">
              {seriesAt(at).mark}
            </span>{' '}
            {label}
          </span>
        ))}
        <span>{l10n.t('whiskers: 95 % intervals over problems')}</span>
      </p>
      <svg
        class="pass-curve"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={curves.map((curve, at) => describe(curve, labels[at] ?? '')).join('; ')}
      >
        <Axes ks={ks} most={most} />
        {curves.map((curve, at) => (
          <Curve key={at} curve={curve} at={at} most={most} of={curves.length} />
        ))}
      </svg>
      <details class="chart-table">
        <summary>{l10n.t('pass@k as a table')}</summary>
        <table aria-labelledby="pass-curve">
          <thead>
            <tr>
              <th scope="col">k</th>
              {labels.map((label, at) => (
                <th key={at} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ks.map((k) => (
              <tr key={k}>
                <th scope="row">{k}</th>
                {curves.map(({ points }, at) => (
                  <td key={at}>{points.find((point) => point.k === k)?.estimate.text ?? '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

const x = (k: number, most: number) => LEFT + (Math.log2(k) / Math.log2(most)) * (WIDTH - LEFT - RIGHT);
const y = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
const SHARES = [0, 0.25, 0.5, 0.75, 1];

function Axes({ ks, most }: { ks: readonly number[]; most: number }) {
  return (
    <g class="axes">
      {SHARES.map((share) => (
        <g key={share}>
          <line class="grid-line" x1={LEFT} x2={WIDTH - RIGHT} y1={y(share)} y2={y(share)} />
          <text x={LEFT - 6} y={y(share) + 4} text-anchor="end">
            {100 * share} %
          </text>
        </g>
      ))}
      {ks
        .filter((k, at) => isLabelled(k, at, ks))
        .map((k) => (
          <text key={k} x={x(k, most)} y={HEIGHT - 8} text-anchor="middle">
            {k}
          </text>
        ))}
    </g>
  );
}

/** Powers of two, and the last where it is not close to one. */
function isLabelled(k: number, at: number, ks: readonly number[]): boolean {
  const power = Math.log2(k);
  return Number.isInteger(power) || (at === ks.length - 1 && power - Math.floor(power) > 0.25);
}

function Curve({ curve, at, most, of }: { curve: PassCurve; at: number; most: number; of: number }) {
  const { className, dash } = seriesAt(at);
  // A little to the side of each other, so that whiskers do not hide whiskers.
  const shift = (at - (of - 1) / 2) * 4;
  const points = curve.points.flatMap(({ k, estimate }) =>
    estimate.value === null
      ? []
      : [{ k, value: estimate.value, interval: estimate.interval, left: x(k, most) + shift }],
  );
  return (
    <g class={`curve ${className}`}>
      <polyline
        points={points.map(({ left, value }) => `${left},${y(value)}`).join(' ')}
        stroke-dasharray={dash.join(' ')}
      />
      {points.map(({ k, value, interval, left }) => (
        <g key={k}>
          {interval !== null && <line x1={left} x2={left} y1={y(interval.low)} y2={y(interval.high)} />}
          <circle cx={left} cy={y(value)} r={3} />
        </g>
      ))}
    </g>
  );
}

function describe({ points }: PassCurve, label: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return l10n.t('{0}: no solutions', label);
  return l10n.t('{label}: pass@{firstK} {first}, pass@{lastK} {last}', {
    ...{ label, firstK: first.k, lastK: last.k },
    first: first.estimate.text,
    last: last.estimate.text,
  });
}
