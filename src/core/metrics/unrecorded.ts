import type { Metric } from './metric.ts';

/** What the results of another program may not say about a sample, and every run of ours does. */
export type Unrecorded = 'text' | 'tokens' | 'answer' | 'finish';

/** Whether the metric needs something that is not there: it would be 0 where it is not known. */
export function readsAny(metric: Metric, lacks: ReadonlySet<Unrecorded>): boolean {
  const { id, format, readsText } = metric;
  return (
    (lacks.has('text') && readsText === true) ||
    (lacks.has('tokens') && format === 'tokens') ||
    (lacks.has('answer') && (id === 'no-answer' || id.startsWith('maj@'))) ||
    (lacks.has('finish') && id === 'truncated')
  );
}
