/** Simulated experiments whose truth is known: how often do intervals cover it, how often does a test cry wolf? */
import {
  bootstrapInterval,
  type Interval,
  type IntervalMethod,
  pairedBootstrapInterval,
  type Random,
  seededRandom,
  signFlipTest,
} from '../../../src/core/stats/index.ts';

/** How hard problems are: many never solved, many always, as on AIME. Index k stands for a chance of k/10. */
const WEIGHTS = [6, 3, 2, 1, 1, 1, 1, 1, 2, 3, 5];
const TOTAL = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
/** In the other arm a problem is one notch easier with this chance. */
const EASIER = 0.4;
/** Reflections of a right and of a wrong sample: uniform from 0 to these. */
const MOST_RIGHT = 3;
const MOST_WRONG = 7;

const meanChance = WEIGHTS.reduce((sum, weight, k) => sum + (weight * k) / 10, 0) / TOTAL;
const meanGain = (EASIER * WEIGHTS.reduce((sum, weight, k) => sum + (k < 10 ? weight : 0), 0)) / TOTAL / 10;
const truths = {
  'pass@1': meanChance,
  ERR: (meanChance * MOST_RIGHT) / (meanChance * MOST_RIGHT + (1 - meanChance) * MOST_WRONG),
  difference: meanGain,
} as const;
export type Estimand = keyof typeof truths;
export const ESTIMANDS = Object.keys(truths) as Estimand[];

export interface SimulationOptions {
  readonly problems: number;
  readonly samples: number;
  readonly experiments: number;
  readonly draws: number;
  readonly method: IntervalMethod;
}

const ratio = ([a = 0, b = 0]: readonly number[]) => (b === 0 ? null : a / b);

/** Share of experiments whose 95 % interval covers the truth. */
export function coverage(options: SimulationOptions): Record<Estimand, number> {
  const hits = { 'pass@1': 0, ERR: 0, difference: 0 };
  for (let experiment = 0; experiment < options.experiments; experiment += 1) {
    const { a, b, reflections } = simulate(seededRandom(experiment + 1), options);
    const settings = { draws: options.draws, seed: experiment, method: options.method };
    if (covers(bootstrapInterval(a, ratio, settings), truths['pass@1'])) hits['pass@1'] += 1;
    if (covers(bootstrapInterval(reflections, ratio, settings), truths.ERR)) hits.ERR += 1;
    if (covers(pairedBootstrapInterval(a, b, ratio, settings), truths.difference)) hits.difference += 1;
  }
  const share = (estimand: Estimand) => hits[estimand] / options.experiments;
  return { 'pass@1': share('pass@1'), ERR: share('ERR'), difference: share('difference') };
}

/** Share of experiments without a true difference in which the paired test rejects at 5 %. */
export function falseAlarms({ problems, samples, experiments, draws }: SimulationOptions): number {
  let alarms = 0;
  for (let experiment = 0; experiment < experiments; experiment += 1) {
    const random = seededRandom(experiment + 1);
    const a: number[][] = [];
    const b: number[][] = [];
    for (let i = 0; i < problems; i += 1) {
      const [one, two] = [difficulty(random), difficulty(random)];
      const isSwapped = random.below(2) === 1;
      a.push([solved(random, isSwapped ? two : one, samples) / samples, 1]);
      b.push([solved(random, isSwapped ? one : two, samples) / samples, 1]);
    }
    const result = signFlipTest(a, b, ratio, { draws, seed: experiment });
    if (result !== null && result.p <= 0.05) alarms += 1;
  }
  return alarms / experiments;
}

function covers(interval: Interval | null, truth: number): boolean {
  return interval !== null && interval.low <= truth && truth <= interval.high;
}

function simulate(random: Random, { problems, samples }: SimulationOptions) {
  const a: number[][] = [];
  const b: number[][] = [];
  const reflections: number[][] = [];
  for (let i = 0; i < problems; i += 1) {
    const chance = difficulty(random);
    const easier = Math.min(1, chance + (random.uniform() < EASIER ? 0.1 : 0));
    const sums = { right: 0, all: 0 };
    const correct = solved(random, chance, samples, (isRight) => {
      const count = random.below((isRight ? MOST_RIGHT : MOST_WRONG) + 1);
      sums.all += count;
      if (isRight) sums.right += count;
    });
    a.push([correct / samples, 1]);
    b.push([solved(random, easier, samples) / samples, 1]);
    reflections.push([sums.right, sums.all]);
  }
  return { a, b, reflections };
}

function difficulty(random: Random): number {
  let at = random.below(TOTAL);
  for (const [k, weight] of WEIGHTS.entries()) {
    at -= weight;
    if (at < 0) return k / 10;
  }
  return 1;
}

function solved(
  random: Random,
  chance: number,
  samples: number,
  each: (isRight: boolean) => void = () => {},
): number {
  let correct = 0;
  for (let k = 0; k < samples; k += 1) {
    const isRight = random.uniform() < chance;
    if (isRight) correct += 1;
    each(isRight);
  }
  return correct;
}
