import { type Metric, meanOverProblems } from './metric.ts';

/** Mean generated tokens of a solution. */
export const tokens: Metric = meanOverProblems(
  {
    id: 'tokens',
    label: 'Tokens',
    better: 'none',
    format: 'tokens',
    needs: 'solutions',
    per: 'finished solutions, averaged within each problem first',
    undefinedWhen: 'no solution finished',
  },
  ({ solutions }) => ({
    numerator: solutions.reduce((sum, solution) => sum + solution.tokens, 0),
    denominator: solutions.length,
  }),
);
