/** The one list of metrics. Tables, charts, the command line and exports loop over it; to add one, add a file and a line. */
import {
  accuracyAtT1,
  accuracyAtT2,
  delta,
  deltaCorrectToIncorrect,
  deltaIncorrectToCorrect,
} from './critiqueAccuracy.ts';
import { effectiveReflectionRatio } from './err.ts';
import type { Metric } from './metric.ts';
import { gradedCounts, passAt1, passAtK } from './pass.ts';
import { noAnswerRate, truncatedRate, undeterminedRate } from './rates.ts';
import { meanReflections } from './reflections.ts';
import { reflectionRatio } from './rho.ts';
import type { ProblemGroup } from './rows.ts';
import { tokens } from './tokens.ts';
import { verdictRight } from './verdict.ts';

export {
  addSums,
  defineMetric,
  type Measurement,
  type Metric,
  SMALL_DENOMINATOR,
  type Sums,
} from './metric.ts';
export { passAtKOf } from './pass.ts';
export { errFrom, rhoFrom } from './rho.ts';
export { type CritiqueRow, groupByProblem, type MetricInput, type ProblemGroup } from './rows.ts';

/** Every metric that needs no parameter from the data. */
export const METRICS: readonly Metric[] = [
  passAt1,
  noAnswerRate,
  truncatedRate,
  undeterminedRate,
  tokens,
  meanReflections('lrm'),
  effectiveReflectionRatio('lrm'),
  effectiveReflectionRatio('oat15'),
  reflectionRatio('lrm'),
  accuracyAtT1,
  accuracyAtT2,
  delta,
  deltaIncorrectToCorrect,
  deltaCorrectToIncorrect,
  verdictRight,
];

/** The metrics that some rows allow: those with rows to work on, and pass@k for powers of two that every problem has. */
export function metricsFor(...runs: readonly (readonly ProblemGroup[])[]): Metric[] {
  const groups = runs.flat();
  const hasSolutions = groups.some((group) => group.solutions.length > 0);
  const hasCritiques = groups.some((group) => group.critiques.length > 0);
  const fewest = hasSolutions ? Math.min(...groups.map((group) => gradedCounts(group).graded)) : 0;
  const ks = [2, 4, 8, 16, 32, 64, 128].filter((k) => k <= fewest);
  return METRICS.filter((metric) => (metric.needs === 'solutions' ? hasSolutions : hasCritiques)).flatMap(
    (metric) => (metric === passAt1 ? [metric, ...ks.map(passAtK)] : [metric]),
  );
}
