import { defineMetric, type Metric, type MetricDefinition, meanOverProblems, ratioOfSums } from './metric.ts';
import type { CritiqueRow } from './rows.ts';

type Words = Pick<MetricDefinition, 'id' | 'label' | 'better' | 'per' | 'undefinedWhen'> &
  Partial<Pick<MetricDefinition, 'format' | 'tier'>>;

function words(own: Words) {
  return { format: 'percent', needs: 'critiques', tier: 'detail', ...own } as const;
}

function isWrong({ solutionGrade }: CritiqueRow): boolean {
  return solutionGrade === 'incorrect';
}

function isRight({ solutionGrade }: CritiqueRow): boolean {
  return solutionGrade === 'correct';
}

/** The share of critiques whose verdict is true; one that states no verdict is not right. */
export const verdictRight: Metric = meanOverProblems(
  words({
    id: 'verdict.right',
    label: 'Verdict right',
    better: 'higher',
    tier: 'main',
    per: 'critiques of graded solutions, averaged within each problem first',
    undefinedWhen: 'no critique is of a graded solution',
  }),
  ({ critiques }) => {
    const judged = critiques.filter((critique) => isRight(critique) || isWrong(critique));
    const right = judged.filter(({ solutionGrade, verdict }) => verdict === solutionGrade);
    return { numerator: right.length, denominator: judged.length };
  },
);

/** A share of the critiques that fulfil `of`, pooled over problems. */
function share(
  own: Words,
  of: (critique: CritiqueRow) => boolean,
  has: (critique: CritiqueRow) => boolean,
): Metric {
  return ratioOfSums(words(own), ({ critiques }) => {
    const counted = critiques.filter(of);
    return { numerator: counted.filter(has).length, denominator: counted.length };
  });
}

/** Of the critiques that say "incorrect", those of a wrong solution: precision of finding errors (peers 8.2). */
export const verdictPrecision = share(
  {
    id: 'verdict.precision',
    label: 'Verdict precision',
    better: 'higher',
    per: 'critiques of graded solutions that say incorrect',
    undefinedWhen: 'no critique of a graded solution says incorrect',
  },
  (critique) => critique.verdict === 'incorrect' && (isRight(critique) || isWrong(critique)),
  isWrong,
);

/** Of the critiques of wrong solutions, those that say so: recall of errors. */
export const verdictRecall = share(
  {
    id: 'verdict.recall',
    label: 'Verdict recall',
    better: 'higher',
    per: 'critiques of wrong solutions',
    undefinedWhen: 'no critique is of a wrong solution',
  },
  isWrong,
  ({ verdict }) => verdict === 'incorrect',
);

/** Wrong solutions called fine. */
export const sycophancy = share(
  {
    id: 'verdict.sycophancy',
    label: 'Sycophancy',
    better: 'lower',
    per: 'critiques of wrong solutions',
    undefinedWhen: 'no critique is of a wrong solution',
  },
  isWrong,
  ({ verdict }) => verdict === 'correct',
);

/** Right solutions called wrong. */
export const selfDoubt = share(
  {
    id: 'verdict.self-doubt',
    label: 'Self-doubt',
    better: 'lower',
    per: 'critiques of right solutions',
    undefinedWhen: 'no critique is of a right solution',
  },
  isRight,
  ({ verdict }) => verdict === 'incorrect',
);

/**
 * Matthews correlation of verdict and truth, "incorrect" being positive: (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)).
 * Critiques without a verdict are left out.
 */
export const verdictMcc: Metric = defineMetric({
  ...words({
    id: 'verdict.mcc',
    label: 'Verdict MCC',
    better: 'higher',
    format: 'number',
    per: 'critiques of graded solutions that state a verdict',
    undefinedWhen: 'all verdicts, or all solutions, are of one kind',
  }),
  parts: ({ critiques }) => {
    const sums = { tp: 0, fp: 0, tn: 0, fn: 0 };
    for (const critique of critiques) {
      if (critique.verdict === 'none' || !(isRight(critique) || isWrong(critique))) continue;
      if (critique.verdict === 'incorrect') sums[isWrong(critique) ? 'tp' : 'fp'] += 1;
      else sums[isRight(critique) ? 'tn' : 'fn'] += 1;
    }
    return [sums.tp, sums.fp, sums.tn, sums.fn];
  },
  value: ([tp = 0, fp = 0, tn = 0, fn = 0]) => {
    const square = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
    return square === 0 ? null : (tp * tn - fp * fn) / Math.sqrt(square);
  },
  counts: ([tp = 0, fp = 0, tn = 0, fn = 0]) => ({ numerator: tp + tn, denominator: tp + fp + tn + fn }),
});
