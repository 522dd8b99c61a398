import type { ComparedPair } from '../../src/core/protocol/compare.ts';

type MetricRow = ComparedPair['comparison']['metrics'][number];

const WIDTH = 160;
const HEIGHT = 18;
const PADDING = 8;

/**
 * Half the width of the axis, in the metric's own unit. Percentages share one axis, so that their intervals can be
 * compared by eye; other metrics have their own.
 */
export function forestScale(metric: MetricRow, all: readonly MetricRow[]): number {
  const shared = metric.format === 'percent' ? all.filter(({ format }) => format === 'percent') : [metric];
  const ends = shared.flatMap(({ paired }) =>
    paired.interval === null ? [] : [Math.abs(paired.interval.low), Math.abs(paired.interval.high)],
  );
  return Math.max(...ends, Number.EPSILON) * 1.05;
}

/** The paired difference as a point on its interval; the line is at no difference. */
export function ForestPlot({ metric, scale, what }: { metric: MetricRow; scale: number; what: string }) {
  const { difference, interval, text } = metric.paired;
  const x = (value: number) => WIDTH / 2 + (value / scale) * (WIDTH / 2 - PADDING);
  const middle = HEIGHT / 2;
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${what}: ${text}`}
      class="forest"
    >
      <line class="zero" x1={WIDTH / 2} x2={WIDTH / 2} y1={0} y2={HEIGHT} />
      {interval !== null && (
        <>
          <line class="whisker" x1={x(interval.low)} x2={x(interval.high)} y1={middle} y2={middle} />
          <line class="whisker" x1={x(interval.low)} x2={x(interval.low)} y1={middle - 4} y2={middle + 4} />
          <line class="whisker" x1={x(interval.high)} x2={x(interval.high)} y1={middle - 4} y2={middle + 4} />
        </>
      )}
      {difference !== null && <circle class={pointClass(metric)} cx={x(difference)} cy={middle} r={4} />}
    </svg>
  );
}

function pointClass({ paired }: MetricRow): string {
  if (paired.verdict === 'better') return 'point better';
  return paired.verdict === 'worse' ? 'point worse' : 'point';
}
