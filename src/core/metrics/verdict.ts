import { type Metric, meanOverProblems } from './metric.ts';

/** The share of critiques whose verdict is true; one that states no verdict is not right. */
export const verdictRight: Metric = meanOverProblems(
  {
    id: 'verdict.right',
    label: 'Verdict right',
    better: 'higher',
    format: 'percent',
    needs: 'critiques',
    per: 'critiques of graded solutions, averaged within each problem first',
    undefinedWhen: 'no critique is of a graded solution',
  },
  ({ critiques }) => {
    const judged = critiques.filter(
      ({ solutionGrade }) => solutionGrade === 'correct' || solutionGrade === 'incorrect',
    );
    const right = judged.filter(({ solutionGrade, verdict }) => verdict === solutionGrade);
    return { numerator: right.length, denominator: judged.length };
  },
);
