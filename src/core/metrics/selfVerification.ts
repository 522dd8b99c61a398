import {
  parseTrajectory,
  type RewardedAction,
  rewardActions,
  type Trajectory,
  verificationStyle,
} from '../reflection/index.ts';
import type { Grade } from '../schema/common.ts';
import type { Solution } from '../schema/lines.ts';
import { type Metric, type MetricDefinition, meanOverProblems, ratioOfSums } from './metric.ts';
import type { ProblemGroup } from './rows.ts';

/** The metrics of S2R, ACL appendix E, spec B8. Verifications are pooled; so are responses in ICR and CIR. */

const trajectories = new WeakMap<Solution, Trajectory>();
const rewarded = new WeakMap<Solution, readonly RewardedAction[]>();

function trajectoryOf(solution: Solution): Trajectory {
  const trajectory = trajectories.get(solution) ?? parseTrajectory(solution.text);
  trajectories.set(solution, trajectory);
  return trajectory;
}

function actionsOf(solution: Solution, grade: (answer: string) => Grade): readonly RewardedAction[] {
  const actions =
    rewarded.get(solution) ?? rewardActions(trajectoryOf(solution), { grade, boxedOnly: false });
  rewarded.set(solution, actions);
  return actions;
}

/** Whether any solution has the S2R form at all. */
export function hasTrajectories(groups: readonly ProblemGroup[]): boolean {
  return groups.some(({ solutions }) => solutions.some((solution) => trajectoryOf(solution).hasMarkers));
}

type Words = Pick<MetricDefinition, 'id' | 'label' | 'better' | 'per' | 'undefinedWhen'> &
  Partial<Pick<MetricDefinition, 'format' | 'tier'>>;

function words(own: Words) {
  return { format: 'percent', needs: 'solutions', tier: 'detail', readsText: true, ...own } as const;
}

/** A verification, the grade of the solve that it judges, and its place in the trajectory. */
interface Verification {
  readonly truth: 'correct' | 'incorrect';
  readonly verdict: 'correct' | 'incorrect';
  readonly isFirst: boolean;
  readonly text: string;
  readonly answer: string | null;
}

function verificationsOf({ solutions, grade }: ProblemGroup): Verification[] {
  return solutions.flatMap((solution) =>
    actionsOf(solution, grade).flatMap(({ action, answer, grade: truth }, at): Verification[] => {
      if (action.type !== 'verify' || action.verdict === null || truth === 'undetermined') return [];
      return [{ truth, verdict: action.verdict, isFirst: at === 1, text: action.text, answer }];
    }),
  );
}

function shareOfVerifications(
  own: Words,
  of: (verification: Verification) => boolean,
  has: (verification: Verification) => boolean,
): Metric {
  return ratioOfSums(words(own), (group) => {
    const counted = verificationsOf(group).filter(of);
    return { numerator: counted.filter(has).length, denominator: counted.length };
  });
}

const isTrue = ({ verdict, truth }: Verification) => verdict === truth;

/** VA = mean over verifications of 1[Parser(v) = V_golden(s)]. */
export const verificationAccuracy = shareOfVerifications(
  {
    id: 'va',
    label: 'Verification accuracy VA',
    better: 'higher',
    per: 'verifications of graded solves',
    undefinedWhen: 'no solution verifies itself',
  },
  () => true,
  isTrue,
);

/** ER = #{s wrong ∧ v = INCORRECT} / #{s wrong}. */
export const errorRecall = shareOfVerifications(
  {
    id: 'er',
    label: 'Error recall ER',
    better: 'higher',
    per: 'verifications of wrong solves',
    undefinedWhen: 'no wrong solve was verified',
  },
  ({ truth }) => truth === 'incorrect',
  isTrue,
);

/** CP = #{v = CORRECT ∧ s right} / #{v = CORRECT}. */
export const correctPrecision = shareOfVerifications(
  {
    id: 'cp',
    label: 'Correct precision CP',
    better: 'higher',
    per: 'verifications that say correct',
    undefinedWhen: 'no verification says correct',
  },
  ({ verdict }) => verdict === 'correct',
  isTrue,
);

/** VA of the first verification, by the truth of the first solve (ACL Table 6). */
export const initialAccuracyCorrect = shareOfVerifications(
  {
    id: 'va.initial.correct',
    label: 'Initial VA, first solve right',
    better: 'higher',
    per: 'first verifications of a right solve',
    undefinedWhen: 'no right first solve was verified',
  },
  ({ isFirst, truth }) => isFirst && truth === 'correct',
  isTrue,
);
export const initialAccuracyIncorrect = shareOfVerifications(
  {
    id: 'va.initial.incorrect',
    label: 'Initial VA, first solve wrong',
    better: 'higher',
    per: 'first verifications of a wrong solve',
    undefinedWhen: 'no wrong first solve was verified',
  },
  ({ isFirst, truth }) => isFirst && truth === 'incorrect',
  isTrue,
);

/** Share of verifications that judge from another side instead of solving again (ACL Table 7; rule label, spec B8). */
export const confirmativeShare = shareOfVerifications(
  {
    id: 'confirmative',
    label: 'Confirmative verifications',
    better: 'none',
    per: 'verifications that compute anything',
    undefinedWhen: 'no verification computes anything',
  },
  ({ text, answer }) => verificationStyle(text, answer ?? '') !== 'none',
  ({ text, answer }) => verificationStyle(text, answer ?? '') === 'confirmative',
);

/** Grades of the first solve and of the response; a response without markers is one solve. */
function ends(solution: Solution, grade: (answer: string) => Grade): { first: Grade; final: Grade } {
  const solves = actionsOf(solution, grade).filter(({ action }) => action.type === 'solve');
  const first = solves.length < 2 ? solution.grade : (solves[0]?.grade ?? solution.grade);
  return { first, final: solution.grade };
}

function shareOfResponses(own: Words, from: Grade, to: Grade): Metric {
  return ratioOfSums(words(own), ({ solutions, grade }) => {
    const counted = solutions
      .map((solution) => ends(solution, grade))
      .filter(({ first, final }) => first === from && final !== 'undetermined');
    return { numerator: counted.filter(({ final }) => final === to).length, denominator: counted.length };
  });
}

/** ICR = #{first wrong ∧ final right} / #{first wrong}. */
export const incorrectToCorrect = shareOfResponses(
  {
    id: 'icr',
    label: 'Incorrect to correct ICR',
    better: 'higher',
    per: 'solutions whose first solve is wrong',
    undefinedWhen: 'no first solve is wrong',
  },
  'incorrect',
  'correct',
);

/** CIR = #{first right ∧ final wrong} / #{first right}. */
export const correctToIncorrect = shareOfResponses(
  {
    id: 'cir',
    label: 'Correct to incorrect CIR',
    better: 'lower',
    per: 'solutions whose first solve is right',
    undefinedWhen: 'no first solve is right',
  },
  'correct',
  'incorrect',
);

/** Mean K, the number of solves. */
export const trials: Metric = meanOverProblems(
  words({
    id: 'trials',
    label: 'Trials',
    better: 'none',
    format: 'number',
    per: 'finished solutions, averaged within each problem first',
    undefinedWhen: 'no solution finished',
  }),
  ({ solutions }) => ({
    numerator: solutions.reduce(
      (sum, solution) =>
        sum + Math.max(1, trajectoryOf(solution).actions.filter(({ type }) => type === 'solve').length),
      0,
    ),
    denominator: solutions.length,
  }),
);

/** Trajectories that do not alternate solve, verify, ..., verify (spec B5.5). */
export const malformedRate: Metric = ratioOfSums(
  words({
    id: 'malformed',
    label: 'Malformed',
    better: 'lower',
    per: 'solutions with markers of the S2R form',
    undefinedWhen: 'no solution has markers of the S2R form',
  }),
  ({ solutions }) => {
    const formed = solutions.map(trajectoryOf).filter(({ hasMarkers }) => hasMarkers);
    return { numerator: formed.filter(({ isValid }) => !isValid).length, denominator: formed.length };
  },
);
