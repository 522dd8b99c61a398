import { type ReflectionList, reflectionCount } from '../reflection/index.ts';
import type { Solution } from '../schema/lines.ts';
import { type Metric, meanOverProblems } from './metric.ts';

const counted = new Map<ReflectionList, WeakMap<Solution, number>>();

/** R(y) of spec A1 under a list; counted once per solution. */
export function reflectionsIn(solution: Solution, list: ReflectionList): number {
  const counts = counted.get(list) ?? new WeakMap<Solution, number>();
  counted.set(list, counts);
  const known = counts.get(solution);
  if (known !== undefined) return known;
  const count = reflectionCount(solution.text, list);
  counts.set(solution, count);
  return count;
}

/** For a solution whose text is not at hand: its reflections were counted before. */
export function rememberReflections(solution: Solution, list: ReflectionList, count: number): void {
  const counts = counted.get(list) ?? new WeakMap<Solution, number>();
  counted.set(list, counts);
  counts.set(solution, count);
}

/** Mean R: reflections per solution under a list. */
export function meanReflections(name: string, list: ReflectionList): Metric {
  return meanOverProblems(
    {
      id: `reflections.${name}`,
      label: `Reflections R (${name})`,
      better: 'none',
      format: 'number',
      needs: 'solutions',
      tier: 'main',
      readsText: true,
      countsUnder: list,
      per: 'finished solutions, averaged within each problem first',
      undefinedWhen: 'no solution finished',
    },
    ({ solutions }) => ({
      numerator: solutions.reduce((sum, solution) => sum + reflectionsIn(solution, list), 0),
      denominator: solutions.length,
    }),
  );
}
