import { isSameAnswer, readTrace, type Trace } from '../reflection/index.ts';
import type { Grade } from '../schema/common.ts';
import type { Solution } from '../schema/lines.ts';

/** Characters of a solution in which steps and reflections are looked for: a second's work at the very most. */
export const READ_AT_MOST = 1_000_000;

/**
 * The reflections of a solution for a reader. Candidate answers on the way are compared as they are written and by
 * nothing that could take long; what is no plain number and differs from both known answers stays undetermined.
 */
export function traceForReading(solution: Solution, gold: string | null): Trace {
  const grade = (answer: string): Grade => {
    if (solution.answer !== null && isSameAnswer(answer, solution.answer)) return solution.grade;
    if (gold === null) return 'undetermined';
    if (isSameAnswer(answer, gold)) return 'correct';
    return isPlainNumber(answer) && isPlainNumber(gold) ? 'incorrect' : 'undetermined';
  };
  return readTrace(solution.text.slice(0, READ_AT_MOST), { grade });
}

/** Written in one way only, so that two that are written differently differ. */
function isPlainNumber(answer: string): boolean {
  return /^[\s$]*[-−]?\d[\d,]*[\s$]*$/.test(answer);
}
