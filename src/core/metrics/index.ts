/** The one list of metrics. Tables, charts, the command line and exports loop over it; to add one, add a file and a line. */
import { type OwnLists, REFLECTION_LISTS, type ReflectionList } from '../reflection/index.ts';
import { placeAgreement, verdictAgreement } from './agreement.ts';
import {
  accuracyAtT1,
  accuracyAtT2,
  delta,
  deltaCorrectToIncorrect,
  deltaIncorrectToCorrect,
} from './critiqueAccuracy.ts';
import { critiqueCost } from './critiqueCost.ts';
import { effectiveReflectionRatio } from './err.ts';
import { majorityAtK } from './majority.ts';
import type { Metric } from './metric.ts';
import { gradedCounts, passAt1, passAtK } from './pass.ts';
import { noAnswerRate, truncatedRate, undeterminedRate } from './rates.ts';
import { meanReflections } from './reflections.ts';
import { reflectionRatio } from './rho.ts';
import type { ProblemGroup } from './rows.ts';
import { samplingYield, yieldCorrect, yieldIncorrect } from './samplingYield.ts';
import {
  confirmativeShare,
  correctPrecision,
  correctToIncorrect,
  errorRecall,
  hasTrajectories,
  incorrectToCorrect,
  initialAccuracyCorrect,
  initialAccuracyIncorrect,
  malformedRate,
  trials,
  verificationAccuracy,
} from './selfVerification.ts';
import { tokens, tokensAnswer, tokensCorrect, tokensIncorrect, tokensThinking } from './tokens.ts';
import {
  meanRuleScore,
  reflectionCost,
  superficialShare,
  tokensAfterRight,
  trueVerdictShare,
} from './traces.ts';
import {
  selfDoubt,
  sycophancy,
  verdictMcc,
  verdictPrecision,
  verdictRecall,
  verdictRight,
} from './verdict.ts';

export { majorityAtK, majorityAtKOf, type Vote, votesOf } from './majority.ts';
export {
  addSums,
  defineMetric,
  type Measurement,
  type Metric,
  SMALL_DENOMINATOR,
  type Sums,
} from './metric.ts';
export { gradedCounts, passAtK, passAtKOf } from './pass.ts';
export { errFrom, rhoFrom } from './rho.ts';
export { type CritiqueRow, groupByProblem, type MetricInput, type ProblemGroup } from './rows.ts';

/** Metrics of texts in the S2R form; left out where no solution has it. */
const SELF_VERIFICATION: readonly Metric[] = [
  verificationAccuracy,
  errorRecall,
  correctPrecision,
  incorrectToCorrect,
  correctToIncorrect,
  trials,
  malformedRate,
  initialAccuracyCorrect,
  initialAccuracyIncorrect,
  confirmativeShare,
];

const YIELD: readonly Metric[] = [samplingYield, yieldIncorrect, yieldCorrect];

/** The metrics of one reflection list: the paper's own list is unknown, so that none of them is shown alone. */
function underList(name: string, list: ReflectionList): Metric[] {
  const isMain = name === 'lrm' || name === 'oat15';
  const tier = (metric: Metric, main: boolean): Metric => (main ? metric : { ...metric, tier: 'detail' });
  return [
    tier(meanReflections(name, list), name === 'lrm'),
    tier(effectiveReflectionRatio(name, list), isMain),
    tier(reflectionRatio(name, list), name === 'lrm'),
  ];
}

/** Every metric that needs no parameter from the data. */
export const METRICS: readonly Metric[] = [
  passAt1,
  noAnswerRate,
  truncatedRate,
  undeterminedRate,
  tokens,
  tokensCorrect,
  tokensIncorrect,
  tokensThinking,
  tokensAnswer,
  ...Object.entries(REFLECTION_LISTS).flatMap(([name, list]) => underList(name, list)),
  superficialShare,
  trueVerdictShare,
  meanRuleScore,
  tokensAfterRight,
  reflectionCost,
  ...SELF_VERIFICATION,
  accuracyAtT1,
  accuracyAtT2,
  delta,
  deltaIncorrectToCorrect,
  deltaCorrectToIncorrect,
  verdictRight,
  verdictPrecision,
  verdictRecall,
  verdictMcc,
  sycophancy,
  selfDoubt,
  verdictAgreement,
  placeAgreement,
  critiqueCost,
  ...YIELD,
];

/**
 * The metrics that some rows allow: those with rows to work on, and pass@k and maj@k for powers of two that every problem
 * has. `main` ones only, unless asked for `detail`; R, ERR and ρ under `lists` of a user's own are details.
 */
export function metricsFor(
  groups: readonly ProblemGroup[],
  { detail = false, lists = {} }: { detail?: boolean; lists?: OwnLists } = {},
): Metric[] {
  const hasSolutions = groups.some((group) => group.solutions.length > 0);
  const hasCritiques = groups.some((group) => group.critiques.length > 0);
  const isSampling = groups.some((group) => group.critiques.some(({ isKept }) => isKept !== null));
  const left = new Set<Metric>([
    ...(detail && hasTrajectories(groups) ? [] : SELF_VERIFICATION),
    ...(isSampling ? [] : YIELD),
  ]);
  const fewest = hasSolutions ? Math.min(...groups.map((group) => gradedCounts(group).graded)) : 0;
  const ks = [2, 4, 8, 16, 32, 64, 128].filter((k) => k <= fewest);
  const most = ks.at(-1);
  const overK = [...ks.map(passAtK), ...(most === undefined ? [] : [majorityAtK(most)])];
  const own = Object.entries(lists).flatMap(([name, list]) => underList(name, list));
  return [...METRICS, ...own]
    .filter((metric) => (metric.needs === 'solutions' ? hasSolutions : hasCritiques))
    .filter((metric) => !left.has(metric) && (detail || metric.tier === 'main'))
    .flatMap((metric) => (metric === passAt1 ? [metric, ...overK] : [metric]));
}
