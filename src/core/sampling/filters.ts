/** The filters of rejection sampling (spec A2.3 and our additions), in the order in which they are asked. */
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

/** A candidate: a critique with its solution and problem, or a solution that nobody criticised. */
export interface Candidate extends Sampled {
  /** Id of the critique, or of the solution. */
  readonly id: string;
  /** The solution as it stands in the prompt's slot. */
  readonly slot: string;
}

/** The tokens that are limited are those of the critique and its prompt together. */
export interface FilterOptions extends TrainingLimits {
  /** Drop a critique whose words contradict the grade of the solution: the stricter filter of spec A2, optional. */
  readonly verdictMustMatch: boolean;
  /** A type that the mix has no share for is not taken. */
  readonly types: readonly ('i2c' | 'c2c')[];
}

export const defaultFilters: FilterOptions = {
  verdictMustMatch: false,
  maxTokens: null,
  heldOut: null,
  types: ['i2c', 'c2c'],
};

const filters = [
  {
    name: 'unfinished',
    isOptional: false,
    reject: (candidate) => unfinished(candidate, 'critique'),
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
    reject: ({ solution, critique }) =>
      ungraded(solution) ??
      (critique?.grade === 'undetermined' ? `the critique cannot be graded: ${critique.reason}` : null),
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
    reject: rejectedByReview,
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
    reject: ({ problem }, options) => contaminated(problem, options),
  },
  {
    name: 'too-long',
    isOptional: true,
    reject: ({ critique }, options) =>
      tooLong((critique?.promptTokens ?? 0) + (critique?.tokens ?? 0), options),
  },
] as const satisfies readonly Filter<Candidate, FilterOptions>[];

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
  return firstRejectionOf(filters, candidate, options);
}
