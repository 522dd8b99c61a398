import type { Problem } from '../schema/problem.ts';

/**
 * The text whose SHA-256 is the identity of a problem set: ids, statements and golds in order,
 * so that the same set under another file name, or with another level column, is the same set.
 */
export function problemSetCanonicalText(
  problems: readonly Pick<Problem, 'id' | 'problem' | 'answer'>[],
): string {
  return problems.map(({ id, problem, answer }) => JSON.stringify([id, problem, answer])).join('\n');
}

/**
 * The text whose SHA-256 stands for one problem in the leakage guard: the statement without differences of
 * white space, case and Unicode form, so that a reformatted copy of a set still meets its training data.
 */
export function statementCanonicalText(statement: string): string {
  return statement.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
