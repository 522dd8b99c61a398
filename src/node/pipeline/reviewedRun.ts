/** What people's reviews make of a run before a dataset is built from it. */
import { defaultPolicy } from '../../core/answers/index.ts';
import { slotSolution } from '../../core/prompts/index.ts';
import { readCritique, transitionOf } from '../../core/reflection/index.ts';
import { editedText, standingReviews } from '../../core/runs/index.ts';
import type { Critique } from '../../core/schema/lines.ts';
import type { RunData } from '../runs/index.ts';
import { withGrading } from './grading.ts';

/** The run with each edited critique as it was edited: graded and read anew. */
export async function withEdits(run: RunData): Promise<RunData> {
  const edits = new Map<string, string>();
  for (const [id, review] of standingReviews(run.reviews)) {
    const text = editedText(review);
    if (text !== null) edits.set(id, text);
  }
  if (edits.size === 0) return run;
  const policy = run.manifest.grader?.policy ?? defaultPolicy.name;
  const critiques = await withGrading(policy, undefined, (grade) =>
    Promise.all(
      run.critiques.map(async (critique): Promise<Critique> => {
        const text = edits.get(critique.id);
        const problem = run.problems.find(({ id }) => id === critique.problemId);
        const solution = run.solutions.find(({ id }) => id === critique.solutionId);
        if (text === undefined || problem === undefined || solution === undefined) return critique;
        // A person's text is whole, even where the model's was cut off.
        const graded = await grade({ ...critique, text, finish: 'stop' }, problem);
        const slot = slotSolution(solution.text, run.manifest.prompts?.solutionSlot ?? 'whole');
        return {
          ...critique,
          text,
          finish: 'stop',
          ...graded,
          ...readCritique(text, solution.text, slot.region),
          transition: transitionOf(solution.grade, graded.grade),
        };
      }),
    ),
  );
  return { ...run, critiques };
}

/** The run with only those critiques that a person accepted or edited, and their solutions. */
export function onlyReviewed(run: RunData): RunData {
  const standing = standingReviews(run.reviews);
  const critiques = run.critiques.filter(({ id }) => {
    const decision = standing.get(id)?.decision;
    return decision === 'accept' || decision === 'edited';
  });
  const used = new Set(critiques.map(({ solutionId }) => solutionId));
  return { ...run, critiques, solutions: run.solutions.filter(({ id }) => used.has(id)) };
}
