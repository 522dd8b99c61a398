import { renderStatement } from '../problems/statement.ts';
import { renderPrompt } from '../prompts/index.ts';
import type { SelfDistillRecord } from '../schema/dataset.ts';
import type { Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { createLedger, lengthsOf } from './ledger.ts';
import { NO_LIMITS, type OfSolutionsDataset, type OfSolutionsInput, withinSize } from './ofSolutions.ts';
import { contaminated, tooLong, ungraded } from './rejection.ts';
import { byDraw } from './seeds.ts';

/** `size` is that of the SCFT dataset that it is compared with. */
export type SelfDistillInput = OfSolutionsInput<SelfDistillRecord['gen']>;
export type SelfDistillDataset = OfSolutionsDataset<SelfDistillRecord>;

const FILTERS = [
  'unfinished',
  'no-answer',
  'undetermined',
  'wrong-answer',
  'contaminated',
  'too-long',
  'duplicate',
  'size',
] as const;

/**
 * The Self-Distill baseline (spec A2): right solutions of the model itself. One of each problem before the second of
 * any, and no text of a problem twice; what is drawn depends on the seed and the ids alone.
 */
export function buildSelfDistill(input: SelfDistillInput): SelfDistillDataset {
  const { size, seed } = input;
  const ledger = createLedger(FILTERS);
  const problems = new Map(input.problems.map((problem) => [problem.id, problem]));
  const passed = new Map<string, { problem: Problem; solution: Solution }[]>();
  const texts = new Set<string>();
  const draw = byDraw(seed);
  const ordered = input.solutions.toSorted((a, b) => draw(a.id, b.id));
  for (const solution of ordered) {
    const problem = problems.get(solution.problemId);
    const rejection = rejectionOf(solution, problem, input);
    const text = `${solution.problemId}\n${solution.text.trim()}`;
    if (rejection !== null) ledger.drop(solution.id, ...rejection);
    else if (texts.has(text)) ledger.drop(solution.id, 'duplicate', 'the same text is kept for this problem');
    else if (problem !== undefined) {
      texts.add(text);
      passed.set(problem.id, [...(passed.get(problem.id) ?? []), { problem, solution }]);
    }
  }
  const rounds = [...passed.values()].flatMap((own) => own.map((one, round) => ({ ...one, round })));
  const ranked = rounds.toSorted((a, b) => a.round - b.round);
  const kept = withinSize(ranked, size, ledger.drop);
  const records = kept.map(({ problem, solution }) => toRecord(problem, solution, input));
  return {
    records,
    dropped: ledger.dropped(),
    funnel: ledger.funnel(records.length),
    meta: {
      records: records.length,
      size,
      shortfall:
        size === null || records.length >= size
          ? null
          : `${records.length} of ${size} records: there are no more right solutions.`,
      lengths: lengthsOf(records.map(({ tokensY }) => tokensY)),
      reviews: { accepted: 0, rejected: 0 },
    },
  };
}

function rejectionOf(
  solution: Solution,
  problem: Problem | undefined,
  { filters }: SelfDistillInput,
): [filter: (typeof FILTERS)[number], detail: string] | null {
  const { finish, answer, grade, tokens } = solution;
  const limits = { ...NO_LIMITS, ...filters };
  if (problem === undefined) return ['unfinished', 'its problem is not in the run'];
  if (finish !== 'stop') return ['unfinished', `the solution ended by ${finish}`];
  if (answer === null) return ['no-answer', 'the solution gives no answer'];
  const fault = ungraded(solution);
  if (fault !== null) return ['undetermined', fault];
  if (grade === 'incorrect') return ['wrong-answer', `${answer} is not ${problem.answer}`];
  const contamination = contaminated(problem, limits);
  if (contamination !== null) return ['contaminated', contamination];
  const excess = tooLong(tokens, limits);
  return excess === null ? null : ['too-long', excess];
}

function toRecord(
  problem: Problem,
  solution: Solution,
  { prompts, source }: SelfDistillInput,
): SelfDistillRecord {
  return {
    kind: 'self-distill',
    id: solution.id,
    q: problem.problem,
    gold: problem.answer ?? '',
    y: solution.text,
    yAnswer: solution.answer,
    yCorrect: 1,
    prompt: renderPrompt(prompts.solve, { problem: renderStatement(problem) }),
    system: prompts.system,
    tokensY: solution.tokens,
    gen: { ...source, solutionId: solution.id, seed: solution.seed },
  };
}
