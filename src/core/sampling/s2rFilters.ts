/** The filters of S2R's behaviour initialisation (spec B3), in the order in which they are asked. */
import type { StandingReview } from '../runs/index.ts';
import type { ActionRecord } from '../schema/dataset.ts';
import type { Critique, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { isAccepted } from './accepted.ts';
import type { HeldOut } from './heldOut.ts';
import type { Verification } from './readVerification.ts';
import { type MarkerGap, markerOf, readsBack } from './trajectory.ts';

/** A solution with the verification of its answer: its own, or that of a solution with the same answer. */
export interface VerifiedSolution {
  /** Id of the critique; of the solution, where it has none of its own. */
  readonly id: string;
  readonly problem: Problem | undefined;
  readonly solution: Solution | undefined;
  /** The solution as one solve action; null when it has no box. */
  readonly solve: string | null;
  readonly critique: Critique | undefined;
  readonly verification: Verification | undefined;
  readonly review: StandingReview | undefined;
  readonly gap: MarkerGap;
}

export interface S2rFilterOptions {
  /** Tokens of solution and verification together; null: no limit. */
  readonly maxTokens: number | null;
  readonly heldOut: HeldOut | null;
}

interface Filter {
  readonly name: string;
  /** An accepted verification passes it: a person's decision overrules it. */
  readonly isOptional: boolean;
  readonly reject: (candidate: VerifiedSolution, options: S2rFilterOptions) => string | null;
}

const filters = [
  {
    name: 'unfinished',
    isOptional: false,
    reject: ({ problem, solution, critique }) => {
      if (problem === undefined) return 'its problem is not in the run';
      if (solution === undefined) return 'its solution is not in the run';
      if (solution.finish !== 'stop') return `the solution ended by ${solution.finish}`;
      const cut = critique !== undefined && critique.finish !== 'stop';
      return cut ? `the verification ended by ${critique.finish}` : null;
    },
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
    reject: ({ solution }) =>
      solution?.grade === 'undetermined' ? `the solution cannot be graded: ${solution.reason}` : null,
  },
  {
    name: 'contaminated',
    isOptional: false,
    reject: ({ problem }, { heldOut }) => heldOut?.find(problem?.problem ?? '') ?? null,
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
    reject: ({ review }) =>
      review?.decision === 'reject' || review?.decision === 'superficial'
        ? `marked as ${review.decision} by a person`
        : null,
  },
  {
    name: 'too-long',
    isOptional: true,
    reject: ({ solution, critique }, { maxTokens }) => {
      const tokens = (solution?.tokens ?? 0) + (critique?.tokens ?? 0);
      return maxTokens !== null && tokens > maxTokens ? `${tokens} tokens, at most ${maxTokens}` : null;
    },
  },
] as const satisfies readonly Filter[];

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
  for (const filter of filters) {
    if (filter.isOptional && isAccepted(candidate.review)) continue;
    const detail = filter.reject(candidate, options);
    if (detail !== null) return { filter: filter.name, detail };
  }
  return null;
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
