import { renderStatement } from '../problems/statement.ts';
import { renderPrompt } from '../prompts/index.ts';
import type { FunnelStage, Lengths, SelfDistillRecord } from '../schema/dataset.ts';
import type { Dropped, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import type { Prompts } from '../schema/run.ts';
import type { HeldOut } from './heldOut.ts';
import { compareText, createLedger, lengthsOf } from './ledger.ts';
import { hash32 } from './seeds.ts';

export interface SelfDistillInput {
  /** Ids are unique within each list. */
  readonly problems: readonly Problem[];
  readonly solutions: readonly Solution[];
  readonly prompts: Prompts;
  /** Records wanted: as many as the SCFT dataset has that it is compared with. Null: all that there are. */
  readonly size: number | null;
  readonly seed: number;
  readonly filters?: { readonly maxTokens?: number | null; readonly heldOut?: HeldOut | null };
  readonly source: Omit<SelfDistillRecord['gen'], 'solutionId' | 'seed'>;
}

export interface SelfDistillDataset {
  readonly records: SelfDistillRecord[];
  /** Each solution that was not kept, by the first filter that dropped it. */
  readonly dropped: Dropped[];
  readonly funnel: FunnelStage[];
  readonly meta: {
    readonly records: number;
    readonly size: number | null;
    readonly shortfall: string | null;
    readonly lengths: Lengths | null;
    /** People review critiques: none are here. */
    readonly reviews: { readonly accepted: 0; readonly rejected: 0 };
  };
}

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
  const ordered = input.solutions.toSorted(
    (a, b) => hash32(seed, a.id) - hash32(seed, b.id) || compareText(a.id, b.id),
  );
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
  const kept = ranked.slice(0, size ?? ranked.length);
  for (const { solution } of ranked.slice(kept.length))
    ledger.drop(solution.id, 'size', `${size} records were wanted`);
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
  const { finish, answer, grade, reason, tokens } = solution;
  if (problem === undefined) return ['unfinished', 'its problem is not in the run'];
  if (finish !== 'stop') return ['unfinished', `the solution ended by ${finish}`];
  if (answer === null) return ['no-answer', 'the solution gives no answer'];
  if (grade === 'undetermined') return ['undetermined', `the solution cannot be graded: ${reason}`];
  if (grade === 'incorrect') return ['wrong-answer', `${answer} is not ${problem.answer}`];
  const contamination = filters?.heldOut?.find(problem.problem) ?? null;
  if (contamination !== null) return ['contaminated', contamination];
  const most = filters?.maxTokens ?? null;
  return most !== null && tokens > most ? ['too-long', `${tokens} tokens, at most ${most}`] : null;
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
