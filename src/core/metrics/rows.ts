import type { Grade } from '../schema/common.ts';
import type { Critique, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';

/** A critique and the grade of the solution that it read; `null` where that grade is not known. */
export interface CritiqueRow extends Critique {
  readonly solutionGrade: Grade | null;
}

/** Everything measured on one problem: the unit that is resampled, because samples of one problem are not independent. */
export interface ProblemGroup {
  readonly problemId: string;
  readonly level: string | null;
  readonly subject: string | null;
  /** Finished samples only. */
  readonly solutions: readonly Solution[];
  readonly critiques: readonly CritiqueRow[];
  /** Samples that ended in an error or were aborted: in no metric, but counted. */
  readonly failed: number;
}

export interface MetricInput {
  readonly problems?: readonly Problem[];
  readonly solutions?: readonly Solution[];
  /** Their solutions may be among `solutions`; where not, the grade is taken from the transition. */
  readonly critiques?: readonly Critique[];
}

/** Groups the lines of a run by problem, in the order in which problems first occur. */
export function groupByProblem({
  problems = [],
  solutions = [],
  critiques = [],
}: MetricInput): ProblemGroup[] {
  const about = new Map(problems.map((problem) => [problem.id, problem]));
  const grades = new Map(solutions.map((solution) => [solution.id, solution.grade]));
  const solutionsOf = Map.groupBy(solutions, (solution) => solution.problemId);
  const critiquesOf = Map.groupBy(critiques, (critique) => critique.problemId);
  const ids = new Set([...solutionsOf.keys(), ...critiquesOf.keys()]);
  return [...ids].map((problemId) => {
    const problem = about.get(problemId);
    const allSolutions = solutionsOf.get(problemId) ?? [];
    const allCritiques = critiquesOf.get(problemId) ?? [];
    const finishedSolutions = allSolutions.filter(isFinished);
    const finishedCritiques = allCritiques.filter(isFinished);
    return {
      problemId,
      level: problem?.level === undefined ? null : String(problem.level),
      subject: problem?.subject ?? null,
      solutions: finishedSolutions,
      critiques: finishedCritiques.map((critique) => ({
        ...critique,
        solutionGrade: grades.get(critique.solutionId) ?? gradeBefore(critique),
      })),
      failed: allSolutions.length - finishedSolutions.length + allCritiques.length - finishedCritiques.length,
    };
  });
}

function isFinished(row: Solution | Critique): boolean {
  return row.finish !== 'error' && row.finish !== 'abort' && row.error === undefined;
}

function gradeBefore(critique: Critique): Grade | null {
  if (critique.transition === null) return null;
  return critique.transition.startsWith('c') ? 'correct' : 'incorrect';
}
