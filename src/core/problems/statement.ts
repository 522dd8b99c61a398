import type { Problem } from '../schema/problem.ts';

/** The statement as a model is to read it: lettered options, and the form of the answer where it is not a formula. */
export function renderStatement(problem: Pick<Problem, 'problem' | 'mode' | 'options'>): string {
  const parts = [problem.problem];
  if (problem.options !== undefined) parts.push(letteredOptions(problem.options));
  const form = answerForm(problem);
  if (form !== null) parts.push(form);
  return parts.join('\n\n');
}

function letteredOptions(options: readonly string[]): string {
  return options.map((option, index) => `${letterOf(index)}) ${option}`).join('\n');
}

function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function answerForm({
  problem,
  mode,
  options,
}: Pick<Problem, 'problem' | 'mode' | 'options'>): string | null {
  switch (mode) {
    case 'choice': {
      const last = options === undefined ? null : letterOf(options.length - 1);
      return `Answer with the letter of the right option${last === null ? '' : `, A to ${last}`}.`;
    }
    case 'boolean':
      return /\bUncertain\b/.test(problem)
        ? 'Answer with True, False or Uncertain.'
        : 'Answer with True or False.';
    case 'python':
      return 'Answer with a Python literal: no expression, no function call.';
    case 'aime':
    case 'math':
    case 'text':
      return null;
  }
}
