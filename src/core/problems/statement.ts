import type { Problem } from '../schema/problem.ts';

/** The statement as a model is to read it: lettered options and the form of the answer are added. */
export function renderStatement(problem: Pick<Problem, 'problem' | 'mode' | 'options'>): string {
  if (problem.mode !== 'choice' || problem.options === undefined) return problem.problem;
  const lines = problem.options.map((option, index) => `${String.fromCharCode(65 + index)}) ${option}`);
  const last = String.fromCharCode(64 + problem.options.length);
  return `${problem.problem}\n\n${lines.join('\n')}\n\nAnswer with the letter of the right option, A to ${last}.`;
}
