/** The leakage guard: problems that a checkpoint was trained on, recognised when it is evaluated on them. */
import { createHash } from 'node:crypto';
import { renderStatement, statementCanonicalText } from '../../core/problems/index.ts';
import type { Problem } from '../../core/schema/problem.ts';

/** The hash of one statement; the same for copies that differ in white space, case and Unicode form. */
export function statementHash(statement: string): string {
  return createHash('sha256').update(statementCanonicalText(statement)).digest('hex');
}

/** Hashes of the statements, sorted, each once: what a training dataset carries to its checkpoint. */
export function problemHashes(problems: readonly Pick<Problem, 'problem'>[]): string[] {
  return [...new Set(problems.map(({ problem }) => statementHash(problem)))].sort();
}

export interface Leakage {
  /** Ids of the problems that were trained on. */
  readonly leaked: readonly string[];
  readonly total: number;
  /** For people; null when nothing leaked. */
  readonly label: string | null;
}

/** Which of the problems the training data held. */
export function findLeakage(
  problems: readonly Pick<Problem, 'id' | 'problem' | 'mode' | 'options'>[],
  trainedOn: readonly string[],
): Leakage {
  const known = new Set(trainedOn);
  const leaked = problems
    .filter(
      (problem) =>
        known.has(statementHash(problem.problem)) || known.has(statementHash(renderStatement(problem))),
    )
    .map(({ id }) => id);
  const total = problems.length;
  const label =
    leaked.length === 0
      ? null
      : `trained on ${leaked.length} of these ${total} problems: the result says nothing about new problems`;
  return { leaked, total, label };
}
