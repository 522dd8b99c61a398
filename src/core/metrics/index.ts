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
import { readsAny, type Unrecorded } from './unrecorded.ts';
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
export { rememberReflections } from './reflections.ts';
export { errFrom, rhoFrom } from './rho.ts';
export { type CritiqueRow, groupByProblem, type MetricInput, type ProblemGroup } from './rows.ts';
export type { Unrecorded } from './unrecorded.ts';

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

/** What decides which metrics some rows allow. */
export interface RowFacts {
  readonly hasSolutions: boolean;
  readonly hasCritiques: boolean;
  /** Rejection sampling: it is known which critiques were kept. */
  readonly isSampling: boolean;
  readonly hasTrajectories: boolean;
  /** Graded solutions of the problem that has the fewest. */
  readonly fewestGraded: number;
}

export interface MetricChoice {
  /** Every metric, not only the main ones. */
  readonly detail?: boolean;
  /** Reflection lists of a user's own. */
  readonly lists?: OwnLists;
  /** Of a problem, for maj@k: fewer than usual where there are very many problems. */
  readonly mostSubsets?: number;
  /** What the rows do not say: metrics that read it are left out. */
  readonly lacks?: ReadonlySet<Unrecorded>;
}

/**
 * The metrics that some rows allow: those with rows to work on, and pass@k and maj@k for powers of two that every problem
 * has. `main` ones only, unless asked for `detail`; R, ERR and ρ under `lists` of a user's own are details.
 */
export function metricsFor(groups: readonly ProblemGroup[], choice: MetricChoice = {}): Metric[] {
  const facts: RowFacts = {
    hasSolutions: groups.some((group) => group.solutions.length > 0),
    hasCritiques: groups.some((group) => group.critiques.length > 0),
    isSampling: groups.some((group) => group.critiques.some(({ isKept }) => isKept !== null)),
    hasTrajectories: choice.detail === true && hasTrajectories(groups),
    fewestGraded: groups.reduce((least, group) => Math.min(least, gradedCounts(group).graded), Infinity),
  };
  return metricsForRows(facts, choice);
}

/** The same where the rows themselves are not at hand. */
export function metricsForRows(facts: RowFacts, choice: MetricChoice = {}): Metric[] {
  const { detail = false, lists = {}, mostSubsets, lacks = new Set() } = choice;
  const left = new Set<Metric>([
    ...(detail && facts.hasTrajectories ? [] : SELF_VERIFICATION),
    ...(facts.isSampling ? [] : YIELD),
  ]);
  const fewest = facts.hasSolutions ? facts.fewestGraded : 0;
  const ks = [2, 4, 8, 16, 32, 64, 128].filter((k) => k <= fewest);
  const most = ks.at(-1);
  const overK = [...ks.map(passAtK), ...(most === undefined ? [] : [majorityAtK(most, mostSubsets)])];
  const own = Object.entries(lists).flatMap(([name, list]) => underList(name, list));
  return [...METRICS, ...own]
    .filter((metric) => (metric.needs === 'solutions' ? facts.hasSolutions : facts.hasCritiques))
    .filter((metric) => !left.has(metric) && (detail || metric.tier === 'main'))
    .flatMap((metric) => (metric === passAt1 ? [metric, ...overK] : [metric]))
    .filter((metric) => !readsAny(metric, lacks));
}
