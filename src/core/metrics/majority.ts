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
  const plurality = pluralityOf(votes);
  const all = Uint32Array.from({ length: n }, (_, at) => at);
  if (k === n) return plurality(all, n);
  let sum = 0;
  let seen = 0;
  const take = (subset: Uint32Array) => {
    sum += plurality(subset, k);
    seen += 1;
  };
  if (choose(n, k) <= most) eachSubset(n, k, take);
  else for (const subset of drawnSubsets(n, k, most)) take(subset);
  return sum / seen;
}

/**
 * Over the first k of some positions: 1 if the most frequent answer is right, 0 if not; with ties the share of right ones
 * among the tied. Counts in place, because it is asked millions of times.
 */
function pluralityOf(votes: readonly Vote[]): (positions: Uint32Array, k: number) => number {
  const answers = [...new Set(votes.flatMap(({ answer }) => (answer === null ? [] : [answer])))];
  const classes = Int32Array.from(votes, ({ answer }) => (answer === null ? -1 : answers.indexOf(answer)));
  const isRight = answers.map((answer) => votes.some((vote) => vote.answer === answer && vote.isRight));
  const counts = new Uint32Array(answers.length);
  return (positions, k) => {
    counts.fill(0);
    let most = 0;
    for (let i = 0; i < k; i += 1) {
      const at = classes[positions[i] as number] as number;
      if (at < 0) continue;
      const count = (counts[at] as number) + 1;
      counts[at] = count;
      if (count > most) most = count;
    }
    if (most === 0) return 0;
    let tied = 0;
    let right = 0;
    for (let at = 0; at < counts.length; at += 1) {
      if (counts[at] !== most) continue;
      tied += 1;
      if (isRight[at]) right += 1;
    }
    return right / tied;
  };
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways *= (n - k + i) / i;
  return Math.round(ways);
}

function eachSubset(n: number, k: number, take: (subset: Uint32Array) => void): void {
  const subset = Uint32Array.from({ length: k }, (_, i) => i);
  for (;;) {
    take(subset);
    let at = k - 1;
    while (at >= 0 && subset[at] === n - k + at) at -= 1;
    if (at < 0) return;
    const next = (subset[at] ?? 0) + 1;
    for (let i = at; i < k; i += 1) subset[i] = next + i - at;
  }
}

const SUBSETS_KEPT = 16;
const drawn = new Map<string, readonly Uint32Array[]>();

/** The same for every problem with as many votes, so that they are drawn once. */
function drawnSubsets(n: number, k: number, draws: number): readonly Uint32Array[] {
  const key = `${n} ${k} ${draws}`;
  const subsets = drawn.get(key) ?? drawSubsets(n, k, draws);
  drawn.delete(key);
  drawn.set(key, subsets);
  const oldest = drawn.keys().next().value;
  if (drawn.size > SUBSETS_KEPT && oldest !== undefined) drawn.delete(oldest);
  return subsets;
}

/** Shuffles the first k of the order anew for each draw. */
function drawSubsets(n: number, k: number, draws: number): Uint32Array[] {
  const order = Uint32Array.from({ length: n }, (_, at) => at);
  const random = seededRandom(SUBSET_SEED);
  return Array.from({ length: draws }, () => {
    for (let i = 0; i < k; i += 1) {
      const j = i + random.below(n - i);
      const held = order[i] as number;
      order[i] = order[j] as number;
      order[j] = held;
    }
    return order.slice(0, k);
  });
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

const metrics = new Map<string, Metric>();

/**
 * maj@k: mean over problems with at least k graded samples. With very many problems fewer subsets of each say as much. One
 * object for each k, because a metric remembers what it has worked out of a problem.
 */
export function majorityAtK(k: number, mostSubsets = MOST_SUBSETS): Metric {
  const key = `${k} ${mostSubsets}`;
  const metric = metrics.get(key) ?? newMajority(k, mostSubsets);
  metrics.set(key, metric);
  return metric;
}

function newMajority(k: number, mostSubsets: number): Metric {
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
