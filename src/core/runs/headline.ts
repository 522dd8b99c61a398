import { clock } from '../clock.ts';
import type { Estimate, RunSummary } from '../schema/comparison.ts';
import type { RunState } from './state.ts';

/** What a run is about, in one number: pass@1 of solutions, accuracy after the critique of critiques. */
const HEADLINES = ['pass@1', 'acc@t2'];

/** `pass@1 59.8 % ±4.5, 2 undetermined`; null when nothing was measured. */
export function headlineOf(summary: RunSummary): string | null {
  const metric = HEADLINES.map((id) => summary.metrics.find((one) => one.id === id)).find(
    (one) => one !== undefined && one.estimate.value !== null,
  );
  if (metric === undefined) return null;
  const { interval, text } = metric.estimate;
  const scale = metric.format === 'percent' ? 100 : 1;
  const undetermined = summary.metrics.find(({ id }) => id === 'undetermined')?.estimate.numerator ?? 0;
  return [
    `${metric.label} ${text}${spreadOf(interval, scale)}`,
    ...(undetermined > 0 ? [`${undetermined} undetermined`] : []),
    ...(summary.failed > 0 ? [`${summary.failed} failed`] : []),
  ].join(', ');
}

/** ` ±4.5`, half the width of the interval; the interval itself where the value stands at its edge. */
function spreadOf(interval: Estimate['interval'], scale: number): string {
  if (interval === null) return '';
  const shown = (value: number) => (scale * value).toFixed(1);
  if (interval.method === 'exact') return ` [${shown(interval.low)}, ${shown(interval.high)}]`;
  return ` ±${shown((interval.high - interval.low) / 2)}`;
}

/**
 * How far a run is: `412/480 solutions, 0:40 left`, `step 20/28, loss 0.214, 0:12 left`, or its error. Under a reward the
 * loss says nothing, and the reward stands there.
 */
export function progressOf(state: RunState): string {
  if (state.status === 'failed' && state.error !== null) return state.error.split('\n')[0] ?? '';
  const left = state.etaSeconds === null ? '' : `, ${clock(state.etaSeconds)} left`;
  const reward = state.metrics.reward?.at(-1)?.[1];
  const loss = state.lastLoss === null ? '' : `, loss ${state.lastLoss.toFixed(3)}`;
  const number = reward === undefined ? loss : `, reward ${reward.toFixed(3)}`;
  if (state.step !== null) return `step ${state.step}/${state.totalSteps ?? '?'}${number}${left}`;
  return state.total === null
    ? state.status
    : `${state.done}/${state.total} ${state.stage ?? ''}`.trim() + left;
}
