import { renderStatement } from '../problems/statement.ts';
import { renderPrompt } from '../prompts/index.ts';
import type { Grade } from '../schema/common.ts';
import type { OfflineRecord } from '../schema/dataset.ts';
import type { Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { byCodeUnits } from '../textOrder.ts';
import { createLedger, type Ledger, lengthsOf } from './ledger.ts';
import {
  NO_LIMITS,
  type OfSolutionsDataset,
  type OfSolutionsInput,
  type OfSolutionsMeta,
  withinSize,
} from './ofSolutions.ts';
import { contaminated, tooLong } from './rejection.ts';
import { type Rollout, readRollout } from './rollout.ts';
import { byDraw } from './seeds.ts';

/** The solutions have log-probabilities. */
export interface OfflineInput extends OfSolutionsInput<OfflineRecord['gen']> {
  /** Of answers that stand in the solutions. */
  readonly grade: (problemId: string, answer: string) => Grade;
  /** Problems with a share of right rollouts outside are left out. */
  readonly accuracy: readonly [low: number, high: number];
  /** As many rollouts without a right solve as with one, at most. */
  readonly isBalanced: boolean;
}

export type OfflineDataset = OfSolutionsDataset<OfflineRecord, OfflineMeta>;

interface OfflineMeta extends OfSolutionsMeta {
  readonly accuracy: [number, number];
  readonly rollouts: number;
  readonly negatives: number;
  readonly bins: Record<string, number>;
}

const FILTERS = [
  'unfinished',
  'undetermined',
  'contaminated',
  'accuracy',
  'no-logprobs',
  'malformed',
  'too-many-actions',
  'misaligned',
  'too-long',
  'balance',
  'size',
] as const;
type Filter = (typeof FILTERS)[number];

/** The paper discards longer ones. */
const MAX_ACTIONS = 20;

interface Kept {
  readonly problem: Problem;
  readonly solution: Solution;
  readonly bin: Bin;
  readonly rollout: Rollout;
}

interface Bin {
  readonly correct: number;
  readonly samples: number;
}

/**
 * Rollouts for offline RL (spec B7): problems filtered by sampled accuracy, trajectories cut where they are settled,
 * only alternating solves and verifications, negatives balanced. Depends on the seed and the ids alone.
 */
export function buildOffline(input: OfflineInput): OfflineDataset {
  const ledger = createLedger(FILTERS);
  const bins = binsOf(input.solutions);
  const problems = new Map(input.problems.map((problem) => [problem.id, problem]));
  const passed = input.solutions.flatMap((solution): Kept[] => {
    const problem = problems.get(solution.problemId);
    const bin = bins.get(solution.problemId);
    const rejection = rejectionOf(solution, problem, bin, input);
    if (rejection !== null || problem === undefined || bin === undefined) {
      const [filter, detail] = rejection ?? (['unfinished', 'its problem is not in the run'] as const);
      ledger.drop(solution.id, filter, detail);
      return [];
    }
    const rollout = readRollout(solution, {
      grade: (answer) => input.grade(problem.id, answer),
      maxActions: MAX_ACTIONS,
    });
    if ('fault' in rollout) ledger.drop(solution.id, rollout.fault, rollout.detail);
    else return [{ problem, solution, bin, rollout }];
    return [];
  });
  const draw = byDraw(input.seed);
  const ranked = passed.toSorted((a, b) => draw(a.solution.id, b.solution.id));
  const kept = withinSize(balanced(ranked, input, ledger.drop), input.size, ledger.drop);
  const records = kept.map((one) => toRecord(one, input));
  return {
    records,
    dropped: ledger.dropped(),
    funnel: ledger.funnel(records.length),
    meta: metaOf(records, bins, input),
  };
}

/** Right rollouts of each problem, of those that could be graded. */
function binsOf(solutions: readonly Solution[]): Map<string, Bin> {
  const bins = new Map<string, { correct: number; samples: number }>();
  for (const { problemId, grade, finish } of solutions) {
    if (grade === 'undetermined' || finish === 'error') continue;
    const bin = bins.get(problemId) ?? { correct: 0, samples: 0 };
    bins.set(problemId, bin);
    bin.samples += 1;
    if (grade === 'correct') bin.correct += 1;
  }
  return bins;
}

function rejectionOf(
  solution: Solution,
  problem: Problem | undefined,
  bin: Bin | undefined,
  { accuracy: [low, high], filters }: OfflineInput,
): readonly [Filter, string] | null {
  const { finish, grade, reason, tokens, logprobs } = solution;
  if (finish === 'error' || finish === 'abort') return ['unfinished', `the rollout ended by ${finish}`];
  if (grade === 'undetermined' || bin === undefined)
    return ['undetermined', `the rollout cannot be graded: ${reason}`];
  const limits = { ...NO_LIMITS, ...filters };
  const contamination = contaminated(problem, limits);
  if (contamination !== null) return ['contaminated', contamination];
  const share = bin.correct / bin.samples;
  if (share < low || share > high)
    return ['accuracy', `${bin.correct} of ${bin.samples} rollouts are right, wanted ${low} to ${high}`];
  if (logprobs?.texts === undefined)
    return ['no-logprobs', 'its tokens and their log-probabilities are not known'];
  const excess = tooLong(tokens, limits);
  return excess === null ? null : ['too-long', excess];
}

function isNegative({ rollout }: { readonly rollout: Pick<Rollout, 'actions'> }): boolean {
  return !rollout.actions.some(({ type, reward }) => type === 'solve' && reward === 1);
}

function balanced(
  ranked: readonly Kept[],
  { isBalanced }: OfflineInput,
  drop: Ledger<Filter>['drop'],
): Kept[] {
  if (!isBalanced) return [...ranked];
  const most = ranked.filter((one) => !isNegative(one)).length;
  let negatives = 0;
  return ranked.filter((one) => {
    if (!isNegative(one) || ++negatives <= most) return true;
    drop(
      one.solution.id,
      'balance',
      `${most} rollouts come to a right answer, and as many that do not are kept`,
    );
    return false;
  });
}

function metaOf(
  records: readonly OfflineRecord[],
  bins: ReadonlyMap<string, Bin>,
  { size, accuracy }: OfflineInput,
): OfflineMeta {
  const names = records.map(({ bin }) => bin.join('/')).sort(byCodeUnits);
  return {
    records: records.length,
    size,
    shortfall:
      size === null || records.length >= size
        ? null
        : `${records.length} of ${size} records: no more rollouts passed the filters.`,
    lengths: lengthsOf(records.map(({ tokens }) => tokens.logprobs.length)),
    accuracy: [accuracy[0], accuracy[1]],
    rollouts: Math.max(0, ...[...bins.values()].map(({ samples }) => samples)),
    negatives: records.filter((record) => isNegative({ rollout: record })).length,
    bins: Object.fromEntries(
      [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]),
    ),
    reviews: { accepted: 0, rejected: 0 },
  };
}

function toRecord(
  { problem, solution, bin, rollout }: Kept,
  { prompts, source }: OfflineInput,
): OfflineRecord {
  return {
    kind: 'offline',
    id: solution.id,
    problemId: problem.id,
    q: problem.problem,
    gold: problem.answer ?? '',
    level: problem.level ?? null,
    prompt: renderPrompt(prompts.solve, { problem: renderStatement(problem) }),
    system: prompts.system,
    accuracy: bin.correct / bin.samples,
    bin: [bin.correct, bin.samples],
    ...rollout,
    gen: { ...source, solutionId: solution.id, seed: solution.seed },
  };
}
