/** Rows for tests: short to write, complete for the types. */
import type { Grade, Transition, Verdict } from '../../../src/core/schema/common.ts';
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';

export function solution(
  problemId: string,
  index: number,
  grade: Grade,
  more: Partial<Solution> = {},
): Solution {
  return {
    id: `${problemId}#${index}`,
    problemId,
    index,
    seed: index,
    text: '',
    promptTokens: 10,
    tokens: 100,
    finish: 'stop',
    ms: 1,
    answer: '1',
    grade,
    reason: 'test',
    layer: 'test',
    ...more,
  };
}

export function critique(
  problemId: string,
  index: number,
  transition: Transition | null,
  verdict: Verdict,
  more: Partial<Critique> = {},
): Critique {
  const { id, ...row } = solution(problemId, index, transition?.endsWith('c') ? 'correct' : 'incorrect');
  return { ...row, id: `${id}/0`, solutionId: id, verdict, transition, findings: [], ...more };
}

/** Solutions of several problems: one string per problem, `c`, `i` and `u` for the grades of its samples. */
export function solutions(...problems: readonly string[]): Solution[] {
  const grades = { c: 'correct', i: 'incorrect', u: 'undetermined' } as const;
  return problems.flatMap((samples, p) =>
    [...samples].map((sample, index) => solution(`p${p}`, index, grades[sample as 'c' | 'i' | 'u'])),
  );
}
