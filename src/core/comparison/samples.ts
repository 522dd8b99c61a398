import type { CritiqueRow, ProblemGroup } from '../metrics/index.ts';
import type { Grade } from '../schema/common.ts';
import type { Solution } from '../schema/lines.ts';
import { byCodeUnits } from '../textOrder.ts';

/** The graded samples of a problem in the order in which they are shown: solutions, or in a critique run critiques. */
export function shownSamples({ solutions, critiques }: ProblemGroup): readonly (Solution | CritiqueRow)[] {
  if (solutions.length > 0) return [...solutions].sort((a, b) => a.index - b.index);
  return [...critiques].sort((a, b) => byCodeUnits(a.solutionId, b.solutionId) || a.index - b.index);
}

/** One letter a grade, so that a grid of 64,000 cells is 64 kB on its way to a panel. */
export const GRADE_LETTERS = {
  correct: 'c',
  incorrect: 'i',
  undetermined: 'u',
} as const satisfies Record<Grade, string>;

/** The grades of a problem's samples, such as `cciu`. */
export function gradeLetters(group: ProblemGroup): string {
  return shownSamples(group)
    .map(({ grade }) => GRADE_LETTERS[grade])
    .join('');
}
