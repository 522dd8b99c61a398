import { splitThinking } from '../reflection/index.ts';
import type { Solution } from '../schema/lines.ts';
import { type Metric, meanOverProblems, ratioOfSums } from './metric.ts';

/** Mean generated tokens of a solution. */
export const tokens: Metric = meanOverProblems(
  {
    id: 'tokens',
    label: 'Tokens',
    better: 'none',
    format: 'tokens',
    needs: 'solutions',
    tier: 'main',
    per: 'finished solutions, averaged within each problem first',
    undefinedWhen: 'no solution finished',
  },
  ({ solutions }) => ({
    numerator: solutions.reduce((sum, solution) => sum + solution.tokens, 0),
    denominator: solutions.length,
  }),
);

/** Mean tokens of right and of wrong solutions: each solution counts the same, because a problem may have none. */
function tokensOf(grade: 'correct' | 'incorrect', label: string): Metric {
  return ratioOfSums(
    {
      id: `tokens.${grade}`,
      label,
      better: 'none',
      format: 'tokens',
      needs: 'solutions',
      tier: 'detail',
      per: `${grade} solutions`,
      undefinedWhen: `no solution is ${grade}`,
    },
    ({ solutions }) => {
      const some = solutions.filter((solution) => solution.grade === grade);
      return {
        numerator: some.reduce((sum, solution) => sum + solution.tokens, 0),
        denominator: some.length,
      };
    },
  );
}

/** Mean tokens of a part of the solution, its share taken from its share of the characters. */
function tokensIn(part: 'think' | 'summary', id: string, label: string): Metric {
  return meanOverProblems(
    {
      id,
      label,
      better: 'none',
      format: 'tokens',
      needs: 'solutions',
      tier: 'detail',
      readsText: true,
      per: 'finished solutions, averaged within each problem first; estimated from characters',
      undefinedWhen: 'no solution finished',
    },
    ({ solutions }) => ({
      numerator: solutions.reduce((sum, solution) => sum + solution.tokens * shareOf(solution, part), 0),
      denominator: solutions.length,
    }),
  );
}

function shareOf({ text }: Solution, part: 'think' | 'summary'): number {
  const { think, summary } = splitThinking(text);
  const length = (span: readonly [number, number] | null) => (span === null ? 0 : span[1] - span[0]);
  const [thought, answered] = [length(think), length(summary)];
  return thought + answered === 0 ? 0 : (part === 'think' ? thought : answered) / (thought + answered);
}

export const tokensCorrect = tokensOf('correct', 'Tokens, correct');
export const tokensIncorrect = tokensOf('incorrect', 'Tokens, wrong');
export const tokensThinking = tokensIn('think', 'tokens.thinking', 'Tokens, thinking');
export const tokensAnswer = tokensIn('summary', 'tokens.answer', 'Tokens, answer');
