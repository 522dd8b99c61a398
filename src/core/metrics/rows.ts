import type { Grade } from '../schema/common.ts';
import type { Critique, Dropped, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { byCodeUnits } from '../textOrder.ts';

/** A critique and the grade of the solution that it read; `null` where that grade is not known. */
export interface CritiqueRow extends Critique {
  readonly solutionGrade: Grade | null;
  /** Rejection sampling kept it; `null` outside of it. */
  readonly isKept: boolean | null;
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
  /** Grades any answer to this problem; `undetermined` for all where no grader was given. */
  readonly grade: (answer: string) => Grade;
}

export interface MetricInput {
  readonly problems?: readonly Problem[];
  readonly solutions?: readonly Solution[];
  /** Their solutions may be among `solutions`; where not, the grade is taken from the transition. */
  readonly critiques?: readonly Critique[];
  /** What rejection sampling did not keep; given only for a sampling run. */
  readonly dropped?: readonly Dropped[];
  /** Grades the answers on the way through a trace, for the metrics that follow them. */
  readonly grade?: (problem: Problem, answer: string) => Grade;
}

/**
 * Groups the lines of a run by problem, in the order of the problems' ids: lines are in the order in which samples were
 * finished, which is another one each time, and a seeded bootstrap of the same samples must give the same interval.
 */
export function groupByProblem(input: MetricInput): ProblemGroup[] {
  const { problems = [], solutions = [], critiques = [], grade } = input;
  const about = new Map(problems.map((problem) => [problem.id, problem]));
  const solutionsOf = Map.groupBy(solutions, (solution) => solution.problemId);
  const critiquesOf = Map.groupBy(critiques, (critique) => critique.problemId);
  const toRow = critiqueRows(input);
  const ids = new Set([...solutionsOf.keys(), ...critiquesOf.keys()]);
  return [...ids].sort(byCodeUnits).map((problemId) => {
    const problem = about.get(problemId);
    const rows = { solutions: solutionsOf.get(problemId) ?? [], critiques: critiquesOf.get(problemId) ?? [] };
    const finished = {
      solutions: rows.solutions.filter(isFinished),
      critiques: rows.critiques.filter(isFinished),
    };
    return {
      problemId,
      level: problem?.level === undefined ? null : String(problem.level),
      subject: problem?.subject ?? null,
      solutions: finished.solutions,
      critiques: finished.critiques.map(toRow),
      failed: count(rows) - count(finished),
      grade:
        problem === undefined || grade === undefined
          ? () => 'undetermined'
          : (answer) => grade(problem, answer),
    };
  });
}

function count(rows: { solutions: readonly unknown[]; critiques: readonly unknown[] }): number {
  return rows.solutions.length + rows.critiques.length;
}

function critiqueRows({ solutions = [], dropped }: MetricInput): (critique: Critique) => CritiqueRow {
  const grades = new Map(solutions.map((solution) => [solution.id, solution.grade]));
  const droppedIds = dropped === undefined ? null : new Set(dropped.map(({ candidate }) => candidate));
  return (critique) => ({
    ...critique,
    solutionGrade: grades.get(critique.solutionId) ?? gradeBefore(critique),
    isKept: droppedIds === null ? null : !droppedIds.has(critique.id) && !droppedIds.has(critique.solutionId),
  });
}

function isFinished(row: Solution | Critique): boolean {
  return row.finish !== 'error' && row.finish !== 'abort' && row.error === undefined;
}

function gradeBefore(critique: Critique): Grade | null {
  if (critique.transition === null) return null;
  return critique.transition.startsWith('c') ? 'correct' : 'incorrect';
}
