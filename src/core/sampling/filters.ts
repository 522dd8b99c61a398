/** The filters of rejection sampling (spec A2.3 and our additions), in the order in which they are asked. */
import type { StandingReview } from '../runs/index.ts';
import type { Critique, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { isAccepted } from './accepted.ts';
import type { HeldOut } from './heldOut.ts';

/** A candidate: a critique with its solution and problem, or a solution that nobody criticised. */
export interface Candidate {
  /** Id of the critique, or of the solution. */
  readonly id: string;
  readonly problem: Problem | undefined;
  readonly solution: Solution | undefined;
  readonly critique: Critique | undefined;
  /** The solution as it stands in the prompt's slot. */
  readonly slot: string;
  readonly review: StandingReview | undefined;
}

export interface FilterOptions {
  /** Drop a critique whose words contradict the grade of the solution: the stricter filter of spec A2, optional. */
  readonly verdictMustMatch: boolean;
  /** Tokens of the critique and its prompt together; null: no limit. */
  readonly maxTokens: number | null;
  /** What must not be trained on; null: nothing. */
  readonly heldOut: HeldOut | null;
  /** A type that the mix has no share for is not taken. */
  readonly types: readonly ('i2c' | 'c2c')[];
}

export const defaultFilters: FilterOptions = {
  verdictMustMatch: false,
  maxTokens: null,
  heldOut: null,
  types: ['i2c', 'c2c'],
};

interface Filter {
  readonly name: string;
  /** An accepted critique passes it: a person's decision overrules it. */
  readonly isOptional: boolean;
  /** Why the candidate is dropped, or null. */
  readonly reject: (candidate: Candidate, options: FilterOptions) => string | null;
}

const filters = [
  {
    name: 'unfinished',
    isOptional: false,
    reject: ({ problem, solution, critique }) => {
      if (problem === undefined) return 'its problem is not in the run';
      if (solution === undefined) return 'its solution is not in the run';
      if (solution.finish !== 'stop') return `the solution ended by ${solution.finish}`;
      if (critique !== undefined && critique.finish !== 'stop')
        return `the critique ended by ${critique.finish}`;
      return null;
    },
  },
  {
    name: 'no-answer',
    isOptional: false,
    reject: ({ slot, critique }) => {
      if (slot === '') return 'the solution has no text to criticise';
      return critique !== undefined && critique.answer === null ? 'the critique gives no answer' : null;
    },
  },
  {
    name: 'undetermined',
    isOptional: false,
    reject: ({ solution, critique }) => {
      if (solution?.grade === 'undetermined') return `the solution cannot be graded: ${solution.reason}`;
      return critique?.grade === 'undetermined' ? `the critique cannot be graded: ${critique.reason}` : null;
    },
  },
  {
    name: 'not-critiqued',
    isOptional: false,
    reject: ({ critique, solution }) =>
      critique === undefined
        ? `no critique of this ${solution?.grade ?? ''} solution was needed or made`
        : null,
  },
  {
    name: 'wrong-answer',
    isOptional: false,
    reject: ({ critique, problem }) =>
      critique?.grade === 'incorrect' ? `${critique.answer ?? ''} is not ${problem?.answer ?? ''}` : null,
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
    name: 'verdict',
    isOptional: true,
    reject: ({ critique, solution }, { verdictMustMatch }) =>
      verdictMustMatch && critique?.verdict !== solution?.grade
        ? `the critique says ${critique?.verdict}, the solution is ${solution?.grade}`
        : null,
  },
  {
    name: 'type',
    isOptional: false,
    reject: ({ solution }, { types }) => {
      const type = solution?.grade === 'correct' ? 'c2c' : 'i2c';
      return types.includes(type) ? null : `the mix has no share for ${type}`;
    },
  },
  {
    name: 'contaminated',
    isOptional: false,
    reject: ({ problem }, { heldOut }) => heldOut?.find(problem?.problem ?? '') ?? null,
  },
  {
    name: 'too-long',
    isOptional: true,
    reject: ({ critique }, { maxTokens }) => {
      const tokens = (critique?.promptTokens ?? 0) + (critique?.tokens ?? 0);
      return maxTokens !== null && tokens > maxTokens ? `${tokens} tokens, at most ${maxTokens}` : null;
    },
  },
] as const satisfies readonly Filter[];

/**
 * `duplicate` and `mix` look at all candidates together and come last, so that none gives way to one that is dropped
 * itself: see `buildScft`.
 */
export const FILTER_ORDER = [...filters.map(({ name }) => name), 'duplicate', 'mix'] as const;
export type FilterName = (typeof FILTER_ORDER)[number];

/** The first filter that drops the candidate by itself, or null. */
export function firstRejection(
  candidate: Candidate,
  options: FilterOptions,
): { readonly filter: FilterName; readonly detail: string } | null {
  for (const filter of filters) {
    if (filter.isOptional && isAccepted(candidate.review)) continue;
    const detail = filter.reject(candidate, options);
    if (detail !== null) return { filter: filter.name, detail };
  }
  return null;
}
