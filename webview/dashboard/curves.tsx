import type { Curve, CurveGroup } from '../../src/core/runs/curves.ts';
import * as l10n from '../shared/l10n.ts';
import { CurveChart } from './curveChart.tsx';

/** Curves in the order of use, each group under its own heading, all with one time axis and one cursor. */
export function Curves({
  groups,
  curves,
  pick,
}: {
  groups: readonly CurveGroup[];
  curves: readonly Curve[];
  /** A click into a chart: the rollouts of that step are shown. */
  pick: (step: number) => void;
}) {
  const known = new Map(curves.map((curve) => [curve.name, curve]));
  const last = Math.max(...curves.map(({ steps }) => steps.at(-1) ?? 0));
  return (
    <div class="curve-groups">
      {groups.map(({ title, names }) => (
        <section
          key={title}
          class="curve-group"
          aria-label={title}
          style={{ '--curves': String(names.length) }}
        >
          <h2>{title}</h2>
          <div class="curves">
            {names.map((name) => {
              const curve = known.get(name);
              return curve === undefined ? null : (
                <CurveCard key={name} curve={curve} last={last} pick={pick} />
              );
            })}
          </div>
        </section>
      ))}
    </div>
  );
}

const TABLE_ROWS = 20;

function CurveCard({ curve, last, pick }: { curve: Curve; last: number; pick: (step: number) => void }) {
  const from = Math.max(0, curve.steps.length - TABLE_ROWS);
  return (
    <figure class="curve-card">
      <figcaption>
        <span class="curve-name">{curve.name}</span>
        <span class="curve-value">{shown(curve.last)}</span>
      </figcaption>
      <CurveChart curve={curve} last={last} pick={pick} />
      <details class="chart-table">
        <summary>
          {l10n.t('as a table')}
          <span class="visually-hidden">: {curve.name}</span>
        </summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{l10n.t('step')}</th>
              <th scope="col">{l10n.t('lowest')}</th>
              <th scope="col">{l10n.t('highest')}</th>
              <th scope="col">{l10n.t('smoothed')}</th>
            </tr>
          </thead>
          <tbody>
            {curve.steps.slice(from).map((step, at) => (
              <tr key={step}>
                <td>{step}</td>
                <td>{shown(curve.low[from + at] ?? Number.NaN)}</td>
                <td>{shown(curve.high[from + at] ?? Number.NaN)}</td>
                <td>{shown(curve.smooth[from + at] ?? Number.NaN)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Four significant digits, so that learning rates and rewards are both read. */
export function shown(value: number): string {
  if (Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (value === 0) return '0';
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
