/** Which solutions of a sampling run are criticised, and how often. */
import { slotSolution } from '../prompts/index.ts';
import type { Solution } from '../schema/lines.ts';
import type { Prompts } from '../schema/run.ts';
import { hash32 } from './seeds.ts';

/** Finished, graded solutions with something to criticise. */
export function critiquable(solutions: readonly Solution[], slot: Prompts['solutionSlot']): Solution[] {
  return solutions.filter(
    (solution) =>
      solution.finish === 'stop' &&
      solution.grade !== 'undetermined' &&
      slotSolution(solution.text, slot).text !== '',
  );
}

/**
 * Right solutions in the order in which they are criticised: one of each problem before the second of any, because
 * only one c→c record of a question is kept. Within a round the seed decides.
 */
export function rightSolutionsInOrder(solutions: readonly Solution[], seed: number): Solution[] {
  const ranked = solutions
    .filter((solution) => solution.grade === 'correct')
    .map((solution) => ({ solution, rank: hash32(seed, solution.id), round: 0 }))
    .sort((a, b) => a.rank - b.rank || (a.solution.id < b.solution.id ? -1 : 1));
  const rounds = new Map<string, number>();
  for (const entry of ranked) {
    entry.round = rounds.get(entry.solution.problemId) ?? 0;
    rounds.set(entry.solution.problemId, entry.round + 1);
  }
  ranked.sort((a, b) => a.round - b.round);
  return ranked.map(({ solution }) => solution);
}
