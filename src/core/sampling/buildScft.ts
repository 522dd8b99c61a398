import { renderStatement } from '../problems/statement.ts';
import { renderPrompt, slotSolution } from '../prompts/index.ts';
import { standingReviews } from '../runs/index.ts';
import type { FunnelStage, Lengths, ScftRecord } from '../schema/dataset.ts';
import type { Critique, Dropped, Review, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import type { Prompts } from '../schema/run.ts';
import { byCodeUnits } from '../textOrder.ts';
import { isAccepted } from './accepted.ts';
import {
  type Candidate,
  defaultFilters,
  FILTER_ORDER,
  type FilterOptions,
  firstRejection,
} from './filters.ts';
import { createLedger, lengthsOf } from './ledger.ts';
import { largestSplit, type Mix, type MixCounts, shortfallOf } from './mix.ts';
import { hash32 } from './seeds.ts';

export interface ScftInput {
  /** Ids are unique within each list. */
  readonly problems: readonly Problem[];
  readonly solutions: readonly Solution[];
  readonly critiques: readonly Critique[];
  /** In the order of the file. */
  readonly reviews: readonly Review[];
  readonly prompts: Prompts;
  /** i→c : c→c. */
  readonly mix: Mix;
  /** Records wanted; null: as many as the mix allows. */
  readonly size: number | null;
  readonly seed: number;
  readonly filters?: Partial<FilterOptions>;
  readonly source: Omit<ScftRecord['gen'], 'solutionId' | 'critiqueId' | 'seed'>;
}

/** What `.meta.json` says about the records, less what only the file knows (hashes, time). */
export interface ScftSummary {
  readonly records: number;
  readonly i2c: number;
  readonly c2c: number;
  readonly mix: [number, number];
  readonly size: number | null;
  readonly shortfall: string | null;
  /** Of the critiques. */
  readonly lengths: Lengths | null;
  readonly reviews: { readonly accepted: number; readonly rejected: number };
}

export interface ScftDataset {
  readonly records: ScftRecord[];
  /** Each candidate that was not kept, once, by the first filter that dropped it. Candidates are all critiques, and the solutions without one. */
  readonly dropped: Dropped[];
  /** One stage for each filter, in order; what leaves the last one are the records. */
  readonly funnel: FunnelStage[];
  readonly meta: ScftSummary;
}

/** A candidate that passed every filter that looks at one candidate alone. */
interface Passed extends Candidate {
  readonly problem: Problem;
  readonly solution: Solution;
  readonly critique: Critique;
  readonly type: 'i2c' | 'c2c';
}

/**
 * Rejection sampling of critiques (spec A2): keeps (q, y, c) when the answer at the end of the critique is right, at
 * most one for each question and type, mixed as asked. Pure and independent of the order of its lists: what is drawn
 * depends on the seed and the ids alone. Accepted critiques are drawn first.
 */
export function buildScft(input: ScftInput): ScftDataset {
  const [i, c] = input.mix;
  const types: FilterOptions['types'] = i === 0 ? ['c2c'] : c === 0 ? ['i2c'] : ['i2c', 'c2c'];
  const options = { ...defaultFilters, ...input.filters, types };
  const ledger = createLedger(FILTER_ORDER);
  const passed: Passed[] = [];
  for (const candidate of candidatesOf(input)) {
    const rejection = firstRejection(candidate, options);
    if (rejection !== null) ledger.drop(candidate.id, rejection.filter, rejection.detail);
    else passed.push(asPassed(candidate));
  }
  const ranked = inDrawingOrder(passed, input.seed);
  const distinct = withoutDuplicates(ranked, (id, detail) => ledger.drop(id, 'duplicate', detail));
  const available = countTypes(distinct);
  const wanted = largestSplit(available, input.mix, input.size);
  const kept = drawMix(distinct, wanted, (id, detail) => ledger.drop(id, 'mix', detail));
  const records = kept.map((candidate) => toRecord(candidate, input));
  return {
    records,
    dropped: ledger.dropped(),
    funnel: ledger.funnel(records.length),
    meta: {
      records: records.length,
      ...wanted,
      mix: [input.mix[0], input.mix[1]],
      size: input.size,
      shortfall: shortfallOf(available, input.mix, input.size),
      lengths: lengthsOf(records.map(({ tokensC }) => tokensC)),
      reviews: {
        accepted: records.filter(({ review }) => review === 'accept').length,
        rejected: ledger.count('review'),
      },
    },
  };
}

/** How many records of each type the candidates would give, without a size or a mix. */
export function availableTypes(input: Omit<ScftInput, 'mix' | 'size'>): MixCounts {
  const options = { ...defaultFilters, ...input.filters };
  const passed = candidatesOf(input)
    .filter((candidate) => firstRejection(candidate, options) === null)
    .map(asPassed);
  return countTypes(withoutDuplicates(inDrawingOrder(passed, input.seed), () => undefined));
}

function candidatesOf(input: Omit<ScftInput, 'mix' | 'size'>): Candidate[] {
  const problems = new Map(input.problems.map((problem) => [problem.id, problem]));
  const solutions = new Map(input.solutions.map((solution) => [solution.id, solution]));
  const reviews = standingReviews(input.reviews);
  const slots = new Map<string, string>();
  const slotOf = (solution: Solution) => {
    const slot = slots.get(solution.id) ?? slotSolution(solution.text, input.prompts.solutionSlot).text;
    slots.set(solution.id, slot);
    return slot;
  };
  const critiqued = new Set(input.critiques.map((critique) => critique.solutionId));
  return [
    ...input.critiques.map((critique) => {
      const solution = solutions.get(critique.solutionId);
      return {
        id: critique.id,
        problem: problems.get(critique.problemId),
        solution,
        critique,
        slot: solution === undefined ? '' : slotOf(solution),
        review: reviews.get(critique.id),
      };
    }),
    ...input.solutions
      .filter((solution) => !critiqued.has(solution.id))
      .map((solution) => ({
        id: solution.id,
        problem: problems.get(solution.problemId),
        solution,
        critique: undefined,
        slot: slotOf(solution),
        review: undefined,
      })),
  ];
}

function asPassed(candidate: Candidate): Passed {
  const { problem, solution, critique } = candidate;
  if (problem === undefined || solution === undefined || critique === undefined) {
    throw new Error(`candidate ${candidate.id} passed the filters without its parts`);
  }
  return { ...candidate, problem, solution, critique, type: solution.grade === 'correct' ? 'c2c' : 'i2c' };
}

/** Accepted ones first, then by a hash of seed and id: neither file order nor sample index decides. */
function inDrawingOrder(passed: readonly Passed[], seed: number): Passed[] {
  const keyed = passed.map((candidate) => ({
    candidate,
    isAccepted: isAccepted(candidate.review) ? 0 : 1,
    rank: hash32(seed, candidate.id),
  }));
  keyed.sort(
    (a, b) => a.isAccepted - b.isAccepted || a.rank - b.rank || byCodeUnits(a.candidate.id, b.candidate.id),
  );
  return keyed.map(({ candidate }) => candidate);
}

/** At most one for each question and type, and no critique's text twice. Questions are the same by their text. */
function withoutDuplicates(ranked: readonly Passed[], drop: (id: string, detail: string) => void): Passed[] {
  const questions = new Map<string, string>();
  const texts = new Map<string, string>();
  return ranked.filter(({ id, problem, critique, type }) => {
    const question = `${type}:${problem.problem.replace(/\s+/g, ' ').trim()}`;
    const text = critique.text.trim();
    const sameQuestion = questions.get(question);
    const sameText = texts.get(text);
    if (sameQuestion !== undefined) drop(id, `${sameQuestion} is kept for this question and type ${type}`);
    else if (sameText !== undefined) drop(id, `its text is that of ${sameText}`);
    else {
      questions.set(question, id);
      texts.set(text, id);
      return true;
    }
    return false;
  });
}

function countTypes(candidates: readonly Passed[]): MixCounts {
  const i2c = candidates.filter(({ type }) => type === 'i2c').length;
  return { i2c, c2c: candidates.length - i2c };
}

function drawMix(
  distinct: readonly Passed[],
  wanted: MixCounts,
  drop: (id: string, detail: string) => void,
): Passed[] {
  const taken = { i2c: 0, c2c: 0 };
  return distinct.filter(({ id, type }) => {
    if (taken[type] < wanted[type]) {
      taken[type] += 1;
      return true;
    }
    drop(id, `the mix and the size need ${wanted[type]} of type ${type}`);
    return false;
  });
}

function toRecord({ problem, solution, critique, slot, review, type }: Passed, input: ScftInput): ScftRecord {
  return {
    id: critique.id,
    q: problem.problem,
    gold: problem.answer ?? '',
    y: slot,
    yAnswer: solution.answer,
    yCorrect: type === 'c2c' ? 1 : 0,
    c: critique.text,
    cAnswer: critique.answer,
    cCorrect: 1,
    type,
    prompt: renderPrompt(input.prompts.critiqueTraining, {
      problem: renderStatement(problem),
      solution: slot,
    }),
    system: input.prompts.system,
    tokensY: solution.tokens,
    tokensC: critique.tokens,
    gen: { ...input.source, solutionId: solution.id, critiqueId: critique.id, seed: critique.seed },
    review: isAccepted(review) ? 'accept' : 'none',
  };
}
