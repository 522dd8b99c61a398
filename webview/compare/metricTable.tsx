import type { ComparedPair } from '../../src/core/protocol/compare.ts';
import type { Comparison, Estimate } from '../../src/core/schema/comparison.ts';
import { ForestPlot, forestScale } from './forestPlot.tsx';

type MetricRow = Comparison['metrics'][number];

/** Each metric with its interval in both runs, and the paired difference drawn and written. */
export function MetricTable({
  pairs,
  nameOf,
  baseline,
}: {
  pairs: readonly ComparedPair[];
  nameOf: (id: string) => string;
  baseline: string;
}) {
  return (
    <>
      {pairs.map(({ other, comparison }) => (
        <section key={other} aria-label={`Metrics of ${nameOf(other)}`}>
          {pairs.length > 1 && <h2>{nameOf(other)}</h2>}
          <div class="scroll">
            <table class="metrics">
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  <th scope="col" class="number">
                    {baseline}
                  </th>
                  <th scope="col" class="number">
                    {nameOf(other)}
                  </th>
                  <th scope="col">Paired difference</th>
                  <th scope="col" class="number">
                    Difference
                  </th>
                  <th scope="col" class="number">
                    p
                  </th>
                </tr>
              </thead>
              <tbody>
                {comparison.metrics.map((metric) => (
                  <Row key={metric.id} metric={metric} all={comparison.metrics} />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </>
  );
}

function Row({ metric, all }: { metric: MetricRow; all: readonly MetricRow[] }) {
  const { paired } = metric;
  return (
    <tr class={metric.isHeadline ? 'headline' : ''}>
      <th scope="row" title={`per ${metric.per}`}>
        {metric.label}
      </th>
      <Value estimate={metric.baseline} format={metric.format} />
      <Value estimate={metric.other} format={metric.format} />
      <td>
        <ForestPlot metric={metric} scale={forestScale(metric, all)} />
      </td>
      <td class="number">
        {paired.text}
        {paired.verdict !== 'cannot tell' && (
          <span class={tone(paired.verdict)}> {mark(paired.verdict)}</span>
        )}
      </td>
      <td class="number" title={paired.test === null ? '' : `${paired.test} test`}>
        {shownP(paired.pAdjusted ?? paired.p)}
      </td>
    </tr>
  );
}

function Value({ estimate, format }: { estimate: Estimate; format: MetricRow['format'] }) {
  const { interval } = estimate;
  const title = [
    `${estimate.numerator} of ${estimate.denominator}, ${estimate.problems} problems`,
    ...(estimate.reason === undefined ? [] : [estimate.reason]),
  ].join('\n');
  return (
    <td class={`number ${estimate.isSmall ? 'small' : ''}`} title={title}>
      {estimate.text}
      {interval !== null && (
        <span class="interval">
          {' '}
          [{scaled(interval.low, format)}, {scaled(interval.high, format)}]
        </span>
      )}
      {estimate.isSmall && estimate.value !== null && (
        <span class="warning" title="Fewer than 20 counted: do not quote it">
          {' '}
          *
        </span>
      )}
    </td>
  );
}

const SCALES = {
  percent: { factor: 100, digits: 1 },
  number: { factor: 1, digits: 2 },
  tokens: { factor: 1, digits: 0 },
};

function scaled(value: number, format: MetricRow['format']): string {
  const { factor, digits } = SCALES[format];
  return (factor * value).toFixed(digits);
}

function shownP(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function tone(verdict: 'better' | 'worse'): string {
  return verdict === 'better' ? 'good' : 'bad';
}

function mark(verdict: 'better' | 'worse'): string {
  return verdict === 'better' ? '▲ better' : '▼ worse';
}
