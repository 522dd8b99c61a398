import { renderStatement } from '../problems/statement.ts';
import { renderPrompt, type VerificationStyle } from '../prompts/index.ts';
import { isSameAnswer } from '../reflection/index.ts';
import { standingReviews } from '../runs/index.ts';
import type { FunnelStage, Lengths, S2rRecord } from '../schema/dataset.ts';
import type { Critique, Dropped, Review, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import type { Prompts } from '../schema/run.ts';
import { byCodeUnits } from '../textOrder.ts';
import { isAccepted } from './accepted.ts';
import { createLedger, type Ledger, lengthsOf } from './ledger.ts';
import { readVerification, type Verification } from './readVerification.ts';
import {
  actionsOf,
  firstS2rRejection,
  S2R_FILTER_ORDER,
  type S2rFilterName,
  type S2rFilterOptions,
  type VerifiedSolution,
} from './s2rFilters.ts';
import { drawOf, type Trials, trialsOf } from './s2rTrials.ts';
import { byDraw } from './seeds.ts';
import { markerGap, solveText, trajectoryText } from './trajectory.ts';

export interface S2rInput {
  /** Ids are unique within each list. */
  readonly problems: readonly Problem[];
  readonly solutions: readonly Solution[];
  /** The verifications. */
  readonly critiques: readonly Critique[];
  /** In the order of the file. */
  readonly reviews: readonly Review[];
  readonly prompts: Prompts;
  readonly style: VerificationStyle;
  /** The verifier saw the answer only: its text serves every solution of the problem that has this answer. */
  readonly isShared: boolean;
  /** Keep problems with the probabilities of the table of spec B3; false: keep all. */
  readonly isThinned: boolean;
  /** Records wanted; null: all that there are. */
  readonly size: number | null;
  readonly seed: number;
  readonly filters?: Partial<S2rFilterOptions>;
  readonly source: Omit<S2rRecord['gen'], 'solutionIds' | 'critiqueIds'>;
}

/** What `.meta.json` says about the records, less what only the file knows. */
export interface S2rSummary {
  readonly records: number;
  readonly trials: [number, number, number, number];
  readonly style: VerificationStyle;
  readonly size: number | null;
  readonly shortfall: string | null;
  readonly lengths: Lengths | null;
  readonly reviews: { readonly accepted: number; readonly rejected: number };
}

export interface S2rDataset {
  readonly records: S2rRecord[];
  /** Each verification that is in no trajectory, once, by the first filter; and each solution without one of its own. */
  readonly dropped: Dropped[];
  /** What leaves the last stage are the verifications in the records. */
  readonly funnel: FunnelStage[];
  readonly meta: S2rSummary;
}

type Passed = VerifiedSolution & { readonly problem: Problem; readonly solution: Solution };
type Drop = Ledger<S2rFilterName>['drop'];

/**
 * Stage 0 of S2R (spec B3): of each problem at most one trajectory of K solves with a true verification each. Wrong
 * answers are distinct, the last answer is right, K follows the table. What is drawn depends on the seed and the ids
 * alone; accepted verifications are drawn first, and their problems are not thinned out.
 */
export function buildS2r(input: S2rInput): S2rDataset {
  const options = { maxTokens: null, heldOut: null, ...input.filters };
  const ledger = createLedger(S2R_FILTER_ORDER);
  const byProblem = new Map<string, Passed[]>();
  for (const candidate of candidatesOf(input)) {
    const { id, problem, solution } = candidate;
    const rejection = firstS2rRejection(candidate, options);
    if (rejection !== null) ledger.drop(id, rejection.filter, rejection.detail);
    else if (problem !== undefined && solution !== undefined) {
      const passed = byProblem.get(problem.id) ?? [];
      byProblem.set(problem.id, [...passed, { ...candidate, problem, solution }]);
    }
  }
  const wrong = wrongByProblem(input.solutions);
  const drawn = [...byProblem].flatMap(([problemId, passed]) => {
    const attempts = drawTrajectory(passed, wrong.get(problemId)?.wrong ?? 0, input, ledger.drop);
    return attempts === null ? [] : [attempts];
  });
  const kept = withinSize(drawn, input, ledger.drop);
  const records = kept.map((attempts) => toRecord(attempts, input, wrong));
  const used = records.reduce((sum, { trials }) => sum + trials, 0);
  return {
    records,
    dropped: ledger.dropped(),
    funnel: ledger.funnel(used),
    meta: {
      records: records.length,
      trials: [1, 2, 3, 4].map(
        (k) => records.filter(({ trials }) => trials === k).length,
      ) as S2rSummary['trials'],
      style: input.style,
      size: input.size,
      shortfall: shortfallOf(records.length, input.size, drawn.length),
      lengths: lengthsOf(kept.map(tokensOf)),
      reviews: {
        accepted: kept.flat().filter(({ review }) => isAccepted(review)).length,
        rejected: ledger.count('review'),
      },
    },
  };
}

/** Verifications, and solutions without one of their own, which may share that of another with the same answer. */
function candidatesOf(input: S2rInput): VerifiedSolution[] {
  // A rewriting takes the place of what it rewrites.
  const rewritten = new Set(input.critiques.flatMap(({ refines }) => refines ?? []));
  const verifications = input.critiques.filter(({ id }) => !rewritten.has(id));
  const problems = new Map(input.problems.map((problem) => [problem.id, problem]));
  const solutions = new Map(input.solutions.map((solution) => [solution.id, solution]));
  const reviews = standingReviews(input.reviews);
  const own = Map.groupBy(verifications, ({ solutionId }) => solutionId);
  const byProblem = Map.groupBy(verifications, ({ problemId }) => problemId);
  const read = new Map<string, Verification>();
  const verificationOf = (critique: Critique | undefined) => {
    if (critique === undefined) return undefined;
    const verification = read.get(critique.id) ?? readVerification(critique.text);
    read.set(critique.id, verification);
    return verification;
  };
  const candidate = (id: string, problemId: string, solution?: Solution, critique?: Critique) => ({
    id,
    problem: problems.get(problemId),
    solution,
    solve: solution === undefined ? null : solveText(solution.text, input.prompts.solutionSlot),
    critique,
    verification: verificationOf(critique),
    review: critique === undefined ? undefined : reviews.get(critique.id),
    gap: markerGap(input.prompts),
  });
  const shared = (solution: Solution) =>
    (byProblem.get(solution.problemId) ?? [])
      .toSorted((a, b) => byCodeUnits(a.id, b.id))
      .filter(({ solutionId }) => hasSameAnswer(solutions.get(solutionId), solution))
      .toSorted((a, b) => Number(isTrue(b, solution)) - Number(isTrue(a, solution)))[0];
  const isTrue = (critique: Critique, { grade }: Solution) => {
    const verification = verificationOf(critique);
    return verification !== undefined && 'verdict' in verification && verification.verdict === grade;
  };
  return [
    ...verifications.map((critique) =>
      candidate(critique.id, critique.problemId, solutions.get(critique.solutionId), critique),
    ),
    ...input.solutions
      .filter(({ id }) => !own.has(id))
      .map((solution) =>
        candidate(solution.id, solution.problemId, solution, input.isShared ? shared(solution) : undefined),
      ),
  ];
}

/** Two right answers are the same, however they are written. */
export function hasSameAnswer(a: Solution | undefined, b: Solution): boolean {
  if (a === undefined || a.grade !== b.grade || a.answer === null || b.answer === null) return false;
  return a.grade === 'correct' || isSameAnswer(a.answer, b.answer);
}

/** W and the number of solutions that it is of, by problem. */
function wrongByProblem(solutions: readonly Solution[]): Map<string, { wrong: number; samples: number }> {
  const counts = new Map<string, { wrong: number; samples: number }>();
  for (const { problemId, grade } of solutions) {
    const count = counts.get(problemId) ?? { wrong: 0, samples: 0 };
    counts.set(problemId, count);
    if (grade !== 'undetermined') count.samples += 1;
    if (grade === 'incorrect') count.wrong += 1;
  }
  return counts;
}

/** The attempts of one problem's trajectory, wrong ones first; null when it gives none. */
function drawTrajectory(
  passed: readonly Passed[],
  wrong: number,
  input: S2rInput,
  drop: Drop,
): Passed[] | null {
  const ranked = inDrawingOrder(passed, input.seed);
  const right = ranked.filter(({ solution }) => solution.grade === 'correct');
  const distinct = distinctAnswers(
    ranked.filter(({ solution }) => solution.grade !== 'correct'),
    drop,
  );
  const [last] = right;
  const all = [...distinct, ...right];
  if (last === undefined) {
    for (const { id } of all) drop(id, 'no-right-solution', 'no right solution has a true verification');
    return null;
  }
  const row = trialsOf(wrong, distinct.length);
  const reason = thinnedOut(row, all, wrong, input);
  if (row === null || reason !== null) {
    for (const { id } of all) drop(id, 'trials', reason ?? '');
    return null;
  }
  const attempts = [...distinct.slice(0, row.trials - 1), last];
  for (const { id } of all) {
    if (attempts.some((attempt) => attempt.id === id)) continue;
    drop(id, 'not-drawn', `the trajectory of ${row.trials} solves has others`);
  }
  return attempts;
}

function distinctAnswers(wrong: readonly Passed[], drop: Drop): Passed[] {
  const distinct: Passed[] = [];
  for (const candidate of wrong) {
    const same = distinct.find(({ solution }) => hasSameAnswer(solution, candidate.solution));
    if (same === undefined) distinct.push(candidate);
    else drop(candidate.id, 'duplicate', `${same.id} has the same wrong answer ${candidate.solution.answer}`);
  }
  return distinct;
}

function thinnedOut(
  row: Trials | null,
  candidates: readonly Passed[],
  wrong: number,
  { isThinned, seed }: S2rInput,
): string | null {
  if (row === null) return `${wrong} wrong solutions, and no true verification of any of them`;
  if (!isThinned || candidates.some(({ review }) => isAccepted(review))) return null;
  const draw = drawOf(seed, candidates[0]?.problem.id ?? '');
  return draw < row.keep ? null : `K=${row.trials} with W=${wrong} is kept with probability ${row.keep}`;
}

/** Accepted ones first, then by a hash of seed and id. */
function inDrawingOrder(passed: readonly Passed[], seed: number): Passed[] {
  const isLater = ({ review }: Passed) => (isAccepted(review) ? 0 : 1);
  const draw = byDraw(seed);
  return passed.toSorted((a, b) => isLater(a) - isLater(b) || draw(a.id, b.id));
}

function withinSize(drawn: readonly Passed[][], { size, seed }: S2rInput, drop: Drop): Passed[][] {
  const idOf = (attempts: readonly Passed[]) => attempts[0]?.problem.id ?? '';
  const hasAccepted = (attempts: readonly Passed[]) =>
    attempts.some(({ review }) => isAccepted(review)) ? 0 : 1;
  const draw = byDraw(seed);
  const ordered = drawn.toSorted((a, b) => hasAccepted(a) - hasAccepted(b) || draw(idOf(a), idOf(b)));
  const kept = ordered.slice(0, size ?? ordered.length);
  for (const { id } of ordered.slice(kept.length).flat()) drop(id, 'size', `${size} records were wanted`);
  return kept;
}

function shortfallOf(records: number, size: number | null, problems: number): string | null {
  if (size === null || records >= size) return null;
  return `${records} of ${size} records: only ${problems} problems have a trajectory after the filters.`;
}

function tokensOf(attempts: readonly Passed[]): number {
  return attempts.reduce((sum, { solution, critique }) => sum + solution.tokens + (critique?.tokens ?? 0), 0);
}

function toRecord(
  attempts: readonly Passed[],
  input: S2rInput,
  counts: ReadonlyMap<string, { wrong: number; samples: number }>,
): S2rRecord {
  const [first] = attempts;
  if (first === undefined) throw new Error('a trajectory without an attempt');
  const { problem } = first;
  const actions = attempts.flatMap((attempt, index) => actionsOf(attempt, index > 0));
  return {
    kind: 's2r',
    id: problem.id,
    problemId: problem.id,
    q: problem.problem,
    gold: problem.answer ?? '',
    prompt: renderPrompt(input.prompts.solve, { problem: renderStatement(problem) }),
    system: input.prompts.system,
    answer: trajectoryText(actions),
    trials: attempts.length,
    actions,
    wrong: counts.get(problem.id)?.wrong ?? 0,
    samples: counts.get(problem.id)?.samples ?? 1,
    gen: {
      ...input.source,
      solutionIds: attempts.map(({ solution }) => solution.id),
      critiqueIds: attempts.map(({ critique }) => critique?.id ?? ''),
    },
    review: attempts.some(({ review }) => isAccepted(review)) ? 'accept' : 'none',
  };
}
