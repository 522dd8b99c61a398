/** What the filters of all kinds of datasets share: the order of asking, and the reasons that they all know. */
import type { StandingReview } from '../runs/index.ts';
import type { Critique, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { isAccepted } from './accepted.ts';
import type { HeldOut } from './heldOut.ts';

/** What may become a record, or a part of one. */
export interface Sampled {
  readonly problem: Problem | undefined;
  readonly solution: Solution | undefined;
  readonly critique: Critique | undefined;
  readonly review: StandingReview | undefined;
}

/** One row of a table of filters. Candidates pass through the rows from the first to the last. */
export interface Filter<Candidate, Options> {
  readonly name: string;
  /** What a person accepted passes it: their decision overrules it. */
  readonly isOptional: boolean;
  /** Why the candidate is dropped, or null. */
  readonly reject: (candidate: Candidate, options: Options) => string | null;
}

/** Limits that hold for datasets of every kind. */
export interface TrainingLimits {
  /** Tokens of what a record is made of; null: no limit. */
  readonly maxTokens: number | null;
  /** What must not be trained on; null: nothing. */
  readonly heldOut: HeldOut | null;
}

/** The first filter that drops the candidate by itself, or null. */
export function firstRejectionOf<Name extends string, Candidate extends Pick<Sampled, 'review'>, Options>(
  filters: readonly (Filter<Candidate, Options> & { readonly name: Name })[],
  candidate: Candidate,
  options: Options,
): { readonly filter: Name; readonly detail: string } | null {
  for (const filter of filters) {
    if (filter.isOptional && isAccepted(candidate.review)) continue;
    const detail = filter.reject(candidate, options);
    if (detail !== null) return { filter: filter.name, detail };
  }
  return null;
}

export function unfinished(
  { problem, solution, critique }: Sampled,
  critiqueName: 'critique' | 'verification',
): string | null {
  if (problem === undefined) return 'its problem is not in the run';
  if (solution === undefined) return 'its solution is not in the run';
  if (solution.finish !== 'stop') return `the solution ended by ${solution.finish}`;
  const isCut = critique !== undefined && critique.finish !== 'stop';
  return isCut ? `the ${critiqueName} ended by ${critique.finish}` : null;
}

export function ungraded(solution: Solution | undefined): string | null {
  return solution?.grade === 'undetermined' ? `the solution cannot be graded: ${solution.reason}` : null;
}

export function rejectedByReview({ review }: Sampled): string | null {
  return review?.decision === 'reject' || review?.decision === 'superficial'
    ? `marked as ${review.decision} by a person`
    : null;
}

export function contaminated(problem: Problem | undefined, { heldOut }: TrainingLimits): string | null {
  return heldOut?.find(problem?.problem ?? '') ?? null;
}

export function tooLong(tokens: number, { maxTokens }: TrainingLimits): string | null {
  return maxTokens !== null && tokens > maxTokens ? `${tokens} tokens, at most ${maxTokens}` : null;
}
