import type { Metric } from './metric.ts';

/**
 * What is not at hand about a sample: other programs may not record it, and of a large run texts are not read.
 * `uncounted-text`: texts are not there, but their reflections were counted.
 */
export type Unrecorded = 'text' | 'uncounted-text' | 'tokens' | 'answer' | 'finish';

/** Whether the metric needs something that is not there: it would be 0 where it is not known. */
export function readsAny(metric: Metric, lacks: ReadonlySet<Unrecorded>): boolean {
  const { id, format, readsText, countsUnder } = metric;
  return (
    (lacks.has('text') && readsText === true) ||
    (lacks.has('uncounted-text') && readsText === true && countsUnder === undefined) ||
    (lacks.has('tokens') && format === 'tokens') ||
    (lacks.has('answer') && (id === 'no-answer' || id.startsWith('maj@'))) ||
    (lacks.has('finish') && id === 'truncated')
  );
}
