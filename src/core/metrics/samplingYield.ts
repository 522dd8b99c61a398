import type { Grade } from '../schema/common.ts';
import { type Metric, ratioOfSums } from './metric.ts';

/** Share of sampled critiques that rejection sampling kept, of all or of those of right or wrong solutions. */
function yieldOf(id: string, label: string, per: string, grade: Grade | null): Metric {
  return ratioOfSums(
    {
      id,
      label,
      better: 'none',
      format: 'percent',
      needs: 'critiques',
      tier: 'main',
      per,
      undefinedWhen: 'the run is no rejection sampling, or sampled no such critique',
    },
    ({ critiques }) => {
      const candidates = critiques.filter(
        ({ isKept, solutionGrade }) => isKept !== null && (grade === null || solutionGrade === grade),
      );
      return { numerator: candidates.filter(({ isKept }) => isKept).length, denominator: candidates.length };
    },
  );
}

export const samplingYield = yieldOf('yield', 'Kept', 'critiques sampled', null);
export const yieldIncorrect = yieldOf(
  'yield.i-c',
  'Kept i→c',
  'critiques of wrong solutions sampled',
  'incorrect',
);
export const yieldCorrect = yieldOf(
  'yield.c-c',
  'Kept c→c',
  'critiques of right solutions sampled',
  'correct',
);
