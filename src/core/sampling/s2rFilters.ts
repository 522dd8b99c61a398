/** The filters of S2R's behaviour initialisation (spec B3), in the order in which they are asked. */
import type { ActionRecord } from '../schema/dataset.ts';
import type { Verification } from './readVerification.ts';
import {
  contaminated,
  type Filter,
  firstRejectionOf,
  rejectedByReview,
  type Sampled,
  type TrainingLimits,
  tooLong,
  unfinished,
  ungraded,
} from './rejection.ts';
import { type MarkerGap, markerOf, readsBack } from './trajectory.ts';

/** A solution with the verification of its answer: its own, or that of a solution with the same answer. */
export interface VerifiedSolution extends Sampled {
  /** Id of the critique; of the solution, where it has none of its own. */
  readonly id: string;
  /** The solution as one solve action; null when it has no box. */
  readonly solve: string | null;
  readonly verification: Verification | undefined;
  readonly gap: MarkerGap;
}

/** The tokens that are limited are those of solution and verification together. */
export type S2rFilterOptions = TrainingLimits;

const filters = [
  {
    name: 'unfinished',
    isOptional: false,
    reject: (candidate) => unfinished(candidate, 'verification'),
  },
  {
    name: 'no-answer',
    isOptional: false,
    reject: ({ solution, solve }) =>
      solve === null || solution?.answer === null ? 'the solution has no boxed answer' : null,
  },
  {
    name: 'undetermined',
    isOptional: false,
    reject: ({ solution }) => ungraded(solution),
  },
  {
    name: 'contaminated',
    isOptional: false,
    reject: ({ problem }, options) => contaminated(problem, options),
  },
  {
    name: 'not-verified',
    isOptional: false,
    reject: ({ verification, solution }) =>
      verification === undefined
        ? `no verification of this ${solution?.grade ?? ''} answer was needed or made`
        : null,
  },
  {
    name: 'no-verdict',
    isOptional: false,
    reject: ({ verification }) =>
      verification !== undefined && 'fault' in verification ? verification.fault : null,
  },
  {
    name: 'verdict',
    isOptional: false,
    reject: ({ verification, solution }) =>
      verification !== undefined && 'verdict' in verification && verification.verdict !== solution?.grade
        ? `the verification says ${verification.verdict}, the answer is ${solution?.grade}`
        : null,
  },
  {
    name: 'protocol',
    isOptional: false,
    reject: (candidate) =>
      readsBack(actionsOf(candidate)) ? null : 'its texts would not read back as a solve and a verification',
  },
  {
    name: 'review',
    isOptional: false,
    reject: rejectedByReview,
  },
  {
    name: 'too-long',
    isOptional: true,
    reject: ({ solution, critique }, options) =>
      tooLong((solution?.tokens ?? 0) + (critique?.tokens ?? 0), options),
  },
] as const satisfies readonly Filter<VerifiedSolution, S2rFilterOptions>[];

/** The last ones look at all candidates of a problem together, and `size` at all problems: see `buildS2r`. */
export const S2R_FILTER_ORDER = [
  ...filters.map(({ name }) => name),
  'duplicate',
  'no-right-solution',
  'trials',
  'not-drawn',
  'size',
] as const;
export type S2rFilterName = (typeof S2R_FILTER_ORDER)[number];

/** The first filter that drops the candidate by itself, or null. */
export function firstS2rRejection(
  candidate: VerifiedSolution,
  options: S2rFilterOptions,
): { readonly filter: S2rFilterName; readonly detail: string } | null {
  return firstRejectionOf(filters, candidate, options);
}

/** The solve and the verification as actions; markers as at the start of a trajectory, `isRetry` as after another. */
export function actionsOf(
  { solution, solve, verification, gap }: VerifiedSolution,
  isRetry = false,
): ActionRecord[] {
  if (solution === undefined || solve === null || verification === undefined || 'fault' in verification)
    return [];
  const { answer } = solution;
  const isRight = solution.grade === 'correct';
  return [
    {
      type: 'solve',
      marker: markerOf('solve', !isRetry, gap),
      text: solve,
      answer,
      correct: isRight,
      verdict: null,
    },
    {
      type: 'verify',
      marker: markerOf('verify', false, gap),
      text: verification.text,
      answer,
      correct: verification.verdict === solution.grade,
      verdict: verification.verdict,
    },
  ];
}
