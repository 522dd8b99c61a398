import { defaultPolicy } from '../../core/answers/index.ts';
import { candidateAnswers } from '../../core/reflection/index.ts';
import type { Grade } from '../../core/schema/common.ts';
import type { RunData } from '../runs/index.ts';
import { withGrading } from './grading.ts';
import type { PipelineOptions } from './options.ts';

/** Grades of every answer that stands in the solutions, by the policy of the run, outside this thread. */
export async function answerGrades(
  run: Pick<RunData, 'manifest' | 'problems' | 'solutions'>,
  grader: PipelineOptions['grader'],
): Promise<(problemId: string, answer: string) => Grade> {
  const key = (problemId: string, answer: string) => JSON.stringify([problemId, answer]);
  const grades = new Map<string, Grade>();
  await withGrading(run.manifest.grader?.policy ?? defaultPolicy.name, grader, async (grade) => {
    const byProblem = Map.groupBy(run.solutions, ({ problemId }) => problemId);
    for (const problem of run.problems) {
      const answers = (byProblem.get(problem.id) ?? []).flatMap(({ text }) =>
        candidateAnswers(text).map(({ answer }) => answer),
      );
      for (const answer of new Set(answers)) {
        const asBoxed = {
          id: '',
          text: `\\boxed{${answer}}`,
          promptTokens: 0,
          tokens: 0,
          finish: 'stop',
          ms: 0,
        } as const;
        grades.set(key(problem.id, answer), (await grade(asBoxed, problem)).grade);
      }
    }
  });
  return (problemId, answer) => grades.get(key(problemId, answer)) ?? 'undetermined';
}
