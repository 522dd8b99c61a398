import type { Solution } from '../schema/lines.ts';
import { type Metric, meanOverProblems } from './metric.ts';

/** The share of all finished solutions that have some flaw in form (spec C1: always log these). */
function rate(id: string, label: string, has: (solution: Solution) => boolean): Metric {
  return meanOverProblems(
    {
      id,
      label,
      better: 'lower',
      format: 'percent',
      needs: 'solutions',
      tier: 'main',
      per: 'finished solutions, averaged within each problem first',
      undefinedWhen: 'no solution finished',
    },
    ({ solutions }) => ({ numerator: solutions.filter(has).length, denominator: solutions.length }),
  );
}

export const noAnswerRate = rate('no-answer', 'No answer', ({ answer }) => answer === null);
export const truncatedRate = rate('truncated', 'Truncated', ({ finish }) => finish === 'length');
export const undeterminedRate = rate('undetermined', 'Undetermined', ({ grade }) => grade === 'undetermined');
