import type { ReflectionList } from '../reflection/index.ts';
import { type Metric, ratioOfSums } from './metric.ts';
import { reflectionsIn } from './reflections.ts';

/**
 * Effective Reflection Ratio, paper A section 3, spec A1: ERR = Σ Acc(y)·R(y) / Σ R(y), pooled over problems and
 * samples. Not defined where nothing reflects; a truncated solution has Acc = 0 and still counts.
 */
export function effectiveReflectionRatio(name: string, list: ReflectionList): Metric {
  return ratioOfSums(
    {
      id: `err.${name}`,
      label: `ERR (${name})`,
      better: 'higher',
      format: 'number',
      isShare: true,
      needs: 'solutions',
      tier: 'main',
      readsText: true,
      countsUnder: list,
      per: 'reflections in graded solutions',
      undefinedWhen: 'no graded solution has a reflection',
    },
    ({ solutions }) => {
      let numerator = 0;
      let denominator = 0;
      for (const solution of solutions) {
        if (solution.grade === 'undetermined') continue;
        const reflections = reflectionsIn(solution, list);
        denominator += reflections;
        if (solution.grade === 'correct') numerator += reflections;
      }
      return { numerator, denominator };
    },
  );
}
