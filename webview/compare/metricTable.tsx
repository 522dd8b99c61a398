import type { ComparedPair, CompareState } from '../../src/core/protocol/compare.ts';
import type { Estimate } from '../../src/core/schema/comparison.ts';
import * as l10n from '../shared/l10n.ts';
import { Scroll } from '../shared/scroll.tsx';
import { ForestPlot, forestScale } from './forestPlot.tsx';

type Ready = Extract<CompareState, { status: 'ready' }>;
type MetricRow = ComparedPair['comparison']['metrics'][number];

/** Each metric with its interval in every run, and the paired differences to the baseline drawn and written. */
export function MetricTable({ state, nameOf }: { state: Ready; nameOf: (id: string) => string }) {
  const { pairs, baseline } = state;
  const rows = metricsOf(pairs);
  return (
    <section>
      <h2 id="metrics">{l10n.t('Metrics')}</h2>
      <Scroll label={l10n.t('Metrics')}>
        <table class="metrics" aria-labelledby="metrics">
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {l10n.t('Metric')}
              </th>
              <th scope="col" rowSpan={2} class="number">
                {nameOf(baseline)}
              </th>
              {pairs.map(({ other }) => (
                <th key={other} scope="colgroup" colSpan={4} class="run-head">
                  {nameOf(other)}
                </th>
              ))}
            </tr>
            <tr>
              {pairs.map(({ other }) => (
                <PairHeads key={other} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((metric) => (
              <tr key={metric.id} class={metric.isHeadline ? 'headline' : ''}>
                <th scope="row" title={l10n.t('per {0}', metric.per)}>
                  {metric.label}
                </th>
                <Value estimate={metric.baseline} format={metric.format} />
                {pairs.map(({ other, comparison }) => (
                  <PairCells
                    key={other}
                    metric={comparison.metrics.find(({ id }) => id === metric.id)}
                    all={comparison.metrics}
                    what={l10n.t('{0} of {1}', metric.label, nameOf(other))}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="legend">
        {l10n.t(
          'Intervals: 95 %, bootstrap over problems. p: two-sided sign flips, corrected by Holm. * fewer than 20 counted.',
        )}
      </p>
      <Undefined pairs={pairs} />
    </section>
  );
}

/** Why a metric has no value, for those as well who do not hover over its cell. */
function Undefined({ pairs }: { pairs: readonly ComparedPair[] }) {
  const labels = new Map<string, Set<string>>();
  for (const { label, baseline, other } of pairs.flatMap(({ comparison }) => comparison.metrics)) {
    for (const { reason } of [baseline, other]) {
      if (reason !== undefined) labels.set(reason, (labels.get(reason) ?? new Set()).add(label));
    }
  }
  if (labels.size === 0) return null;
  return (
    <ul class="legend undefined">
      {[...labels].map(([reason, names]) => (
        <li key={reason}>{l10n.t('{0} undefined: {1}', [...names].join(', '), reason)}</li>
      ))}
    </ul>
  );
}

/** Every metric of any pair, in the order of the first that has it. */
function metricsOf(pairs: readonly ComparedPair[]): MetricRow[] {
  const found = new Map<string, MetricRow>();
  for (const { comparison } of pairs) {
    for (const metric of comparison.metrics) if (!found.has(metric.id)) found.set(metric.id, metric);
  }
  return [...found.values()];
}

function PairHeads() {
  return (
    <>
      <th scope="col" class="number run-head">
        {l10n.t('Value')}
      </th>
      <th scope="col" colSpan={2}>
        {l10n.t('Paired difference')}
      </th>
      <th scope="col" class="number">
        p
      </th>
    </>
  );
}

function PairCells({
  metric,
  all,
  what,
}: {
  metric: MetricRow | undefined;
  all: readonly MetricRow[];
  what: string;
}) {
  if (metric === undefined) return <td colSpan={4}>–</td>;
  const { paired } = metric;
  return (
    <>
      <Value estimate={metric.other} format={metric.format} />
      <td>
        <ForestPlot metric={metric} scale={forestScale(metric, all)} what={what} />
      </td>
      <td class="number">
        {paired.text}
        {paired.verdict !== 'cannot tell' && (
          <span class={paired.verdict === 'better' ? 'good' : 'bad'}> {MARKS[paired.verdict]}</span>
        )}
      </td>
      <td class="number" title={paired.test === null ? '' : l10n.t('{0} test', paired.test)}>
        {shownP(paired.pAdjusted ?? paired.p)}
      </td>
    </>
  );
}

const MARKS = { better: `▲ ${l10n.t('better')}`, worse: `▼ ${l10n.t('worse')}` };

function Value({ estimate, format }: { estimate: Estimate; format: MetricRow['format'] }) {
  const { interval } = estimate;
  const title = [
    l10n.t('{0} of {1}, {2} problems', estimate.numerator, estimate.denominator, estimate.problems),
    ...(estimate.reason === undefined ? [] : [estimate.reason]),
  ].join('\n');
  return (
    <td class="number" title={title}>
      {estimate.text}
      {interval !== null && (
        <span class="interval">
          {' '}
          [{scaled(interval.low, format)}, {scaled(interval.high, format)}]
        </span>
      )}
      {estimate.isSmall && estimate.value !== null && (
        <span class="warning" title={l10n.t('Fewer than 20 counted: do not quote it')}>
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
