import type { ReflectionList } from '../reflection/index.ts';
import { defineMetric, type Metric } from './metric.ts';
import { reflectionsIn } from './reflections.ts';

/**
 * ρ = μ_c / μ_w, mean reflections in correct over mean reflections in wrong solutions (spec A1.2): unlike ERR it does
 * not rise with accuracy alone.
 */
export function reflectionRatio(name: string, list: ReflectionList): Metric {
  return defineMetric({
    id: `rho.${name}`,
    label: `ρ (${name})`,
    better: 'higher',
    format: 'number',
    needs: 'solutions',
    tier: 'main',
    readsText: true,
    countsUnder: list,
    per: 'reflections in wrong solutions',
    undefinedWhen: 'there is no correct solution, no wrong one, or no reflection in a wrong one',
    parts: ({ solutions }) => {
      const sums = [0, 0, 0, 0] as [number, number, number, number];
      for (const solution of solutions) {
        if (solution.grade === 'undetermined') continue;
        const at = solution.grade === 'correct' ? 0 : 2;
        sums[at] += reflectionsIn(solution, list);
        sums[at + 1] = (sums[at + 1] ?? 0) + 1;
      }
      return sums;
    },
    value: ([inCorrect = 0, correct = 0, inWrong = 0, wrong = 0]) =>
      correct === 0 || wrong === 0 || inWrong === 0 ? null : inCorrect / correct / (inWrong / wrong),
    counts: ([inCorrect = 0, , inWrong = 0]) => ({ numerator: inCorrect, denominator: inWrong }),
  });
}

/** ρ from a published pass@1 and ERR: ρ = ERR(1−p) / (p(1−ERR)) (spec A1.2); `null` where it is not defined. */
export function rhoFrom(pass1: number, err: number): number | null {
  return pass1 === 0 || err === 1 ? null : (err * (1 - pass1)) / (pass1 * (1 - err));
}

/** ERR from pass@1 and the mean reflections of correct and wrong solutions (spec A1.2). */
export function errFrom(pass1: number, meanCorrect: number, meanWrong: number): number | null {
  const all = pass1 * meanCorrect + (1 - pass1) * meanWrong;
  return all === 0 ? null : (pass1 * meanCorrect) / all;
}
