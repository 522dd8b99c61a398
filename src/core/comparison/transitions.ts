import type { ProblemGroup } from '../metrics/index.ts';
import type { Transition, Verdict } from '../schema/common.ts';
import { visibleText } from '../visibleText.ts';

/** One critique in a cell of the transition matrix. */
export interface TransitionRow {
  readonly critiqueId: string;
  readonly solutionId: string;
  readonly problemId: string;
  readonly verdict: Verdict;
  /** The critique's own answer. */
  readonly answer: string | null;
  readonly tokens: number;
}

/** A part of a cell's critiques, and how many there are in all. */
export interface TransitionRows {
  readonly total: number;
  readonly rows: readonly TransitionRow[];
}

export const TRANSITION_ROWS_AT_ONCE = 100;
const ANSWER_CHARACTERS = 200;

/** The critiques of a run that made this transition, in the order of the problems. */
export function transitionRows(
  groups: readonly ProblemGroup[],
  transition: Transition,
  from: number,
): TransitionRows {
  const all = groups.flatMap(({ critiques }) => critiques.filter((row) => row.transition === transition));
  return {
    total: all.length,
    rows: all.slice(from, from + TRANSITION_ROWS_AT_ONCE).map((row) => ({
      critiqueId: row.id,
      solutionId: row.solutionId,
      problemId: row.problemId,
      verdict: row.verdict,
      answer: row.answer === null ? null : visibleText(row.answer.slice(0, ANSWER_CHARACTERS)),
      tokens: row.tokens,
    })),
  };
}
