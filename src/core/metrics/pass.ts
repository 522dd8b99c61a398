import { defineMetric, type Metric, meanOverProblems } from './metric.ts';
import type { ProblemGroup } from './rows.ts';

/** Graded samples of a problem and the correct ones among them; undetermined ones are left out. */
export function gradedCounts(group: ProblemGroup): { correct: number; graded: number } {
  let correct = 0;
  let graded = 0;
  for (const { grade } of group.solutions) {
    if (grade === 'undetermined') continue;
    graded += 1;
    if (grade === 'correct') correct += 1;
  }
  return { correct, graded };
}

/** pass@1 = avg@n = mean over problems of c/n (spec C2). */
export const passAt1: Metric = meanOverProblems(
  {
    id: 'pass@1',
    label: 'pass@1',
    better: 'higher',
    format: 'percent',
    needs: 'solutions',
    tier: 'main',
    per: 'graded solutions, averaged within each problem first',
    undefinedWhen: 'no solution was graded',
  },
  (group) => {
    const { correct, graded } = gradedCounts(group);
    return { numerator: correct, denominator: graded };
  },
);

/** The unbiased pass@k of one problem: 1 − Π_{i=n−c+1}^{n} (1 − k/i), 1 when n − c < k; `null` when n < k (spec C2). */
export function passAtKOf(n: number, c: number, k: number): number | null {
  if (n < k) return null;
  if (n - c < k) return 1;
  let miss = 1;
  for (let i = n - c + 1; i <= n; i += 1) miss *= 1 - k / i;
  return 1 - miss;
}

const metrics = new Map<number, Metric>();

/** pass@k: mean over problems with at least k graded samples. One object for each k, as of maj@k. */
export function passAtK(k: number): Metric {
  const metric = metrics.get(k) ?? newPassAtK(k);
  metrics.set(k, metric);
  return metric;
}

function newPassAtK(k: number): Metric {
  return defineMetric({
    id: `pass@${k}`,
    label: `pass@${k}`,
    better: 'higher',
    format: 'percent',
    needs: 'solutions',
    tier: 'main',
    per: `problems with at least ${k} graded solutions`,
    undefinedWhen: `no problem has ${k} graded solutions`,
    parts: (group) => {
      const { correct, graded } = gradedCounts(group);
      const value = passAtKOf(graded, correct, k);
      return value === null ? null : [value, 1];
    },
    value: ([sum = 0, problems = 0]) => (problems === 0 ? null : sum / problems),
    counts: ([numerator = 0, denominator = 0]) => ({ numerator, denominator }),
  });
}
