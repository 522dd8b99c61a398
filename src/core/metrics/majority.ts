import { isSameAnswer } from '../reflection/index.ts';
import type { Solution } from '../schema/lines.ts';
import { seededRandom } from '../stats/random.ts';
import { defineMetric, type Metric } from './metric.ts';

/** A sample's vote: the class of its answer (`null`: it has none), and whether that class is right. */
export interface Vote {
  readonly answer: number | null;
  readonly isRight: boolean;
}

/** Up to this many k-subsets of a problem are all gone through; beyond it as many are drawn. */
const MOST_SUBSETS = 2000;
const SUBSET_SEED = 0;

/**
 * maj@k of one problem (spec C2): plurality over k votes. Samples without an answer do not vote, and where none votes the
 * problem is lost; tied answers count with their mean correctness (the rule of NeMo-Skills). For k < n the mean over
 * k-subsets: all of them, or 2,000 drawn with a fixed seed. `null` with fewer than k votes.
 */
export function majorityAtKOf(votes: readonly Vote[], k: number, most = MOST_SUBSETS): number | null {
  const n = votes.length;
  if (n < k || k < 1) return null;
  if (k === n) return plurality(votes);
  const subsets = choose(n, k) <= most ? allSubsets(n, k) : drawnSubsets(n, k, most);
  let sum = 0;
  let seen = 0;
  for (const subset of subsets) {
    sum += plurality(subset.flatMap((at) => votes[at] ?? []));
    seen += 1;
  }
  return sum / seen;
}

/** 1 if the most frequent answer is right, 0 if not; with ties the share of right ones among the tied. */
function plurality(votes: readonly Vote[]): number {
  const counts = new Map<number, { votes: number; isRight: boolean }>();
  for (const { answer, isRight } of votes) {
    if (answer === null) continue;
    counts.set(answer, { votes: (counts.get(answer)?.votes ?? 0) + 1, isRight });
  }
  const most = Math.max(0, ...[...counts.values()].map((entry) => entry.votes));
  const tied = [...counts.values()].filter((entry) => entry.votes === most);
  return tied.length === 0 ? 0 : tied.filter((entry) => entry.isRight).length / tied.length;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways *= (n - k + i) / i;
  return Math.round(ways);
}

function* allSubsets(n: number, k: number): Generator<number[]> {
  const subset = Array.from({ length: k }, (_, i) => i);
  while (true) {
    yield subset;
    let at = k - 1;
    while (at >= 0 && subset[at] === n - k + at) at -= 1;
    if (at < 0) return;
    const next = (subset[at] ?? 0) + 1;
    for (let i = at; i < k; i += 1) subset[i] = next + i - at;
  }
}

function* drawnSubsets(n: number, k: number, draws: number): Generator<number[]> {
  const random = seededRandom(SUBSET_SEED);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let i = 0; i < k; i += 1) {
      const j = i + random.below(n - i);
      const held = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = held;
    }
    yield order.slice(0, k);
  }
}

/** The votes of graded solutions: all right answers are one class, wrong ones are told apart by spelling. */
export function votesOf(solutions: readonly Solution[]): Vote[] {
  const wrong: string[] = [];
  return solutions
    .filter(({ grade }) => grade !== 'undetermined')
    .map(({ answer, grade }): Vote => {
      if (answer === null) return { answer: null, isRight: false };
      if (grade === 'correct') return { answer: -1, isRight: true };
      const known = wrong.findIndex((other) => isSameAnswer(other, answer));
      if (known < 0) wrong.push(answer);
      return { answer: known < 0 ? wrong.length - 1 : known, isRight: false };
    });
}

/** maj@k: mean over problems with at least k graded samples. With very many problems fewer subsets of each say as much. */
export function majorityAtK(k: number, mostSubsets = MOST_SUBSETS): Metric {
  return defineMetric({
    id: `maj@${k}`,
    label: `maj@${k}`,
    better: 'higher',
    format: 'percent',
    needs: 'solutions',
    tier: 'main',
    per: `problems with at least ${k} graded solutions`,
    undefinedWhen: `no problem has ${k} graded solutions`,
    parts: (group) => {
      const value = majorityAtKOf(votesOf(group.solutions), k, mostSubsets);
      return value === null ? null : [value, 1];
    },
    value: ([sum = 0, problems = 0]) => (problems === 0 ? null : sum / problems),
    counts: ([numerator = 0, denominator = 0]) => ({ numerator, denominator }),
  });
}
