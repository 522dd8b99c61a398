/** What a sampling run looks like while it runs: funnel, yield, lengths, and records to read. */
import type { DatasetKind, FunnelStage, Lengths } from '../schema/dataset.ts';
import type { Critique, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import { visibleText } from '../visibleText.ts';
import { hash32 } from './seeds.ts';

/** A record of any kind of dataset, as far as a picture needs it. */
export interface KeptRecord {
  readonly id: string;
  /** The question. */
  readonly q: string;
  /** The text that is trained on. */
  readonly text: string;
  readonly tokens: number | null;
  /** `i2c` or `c2c`; null for kinds that know no types. */
  readonly type: string | null;
}

/** What a stage is called, and what its dropped ones are. */
export interface StageWords {
  readonly passed: string;
  readonly dropped: string;
}

export interface SamplingPicture {
  readonly kind: DatasetKind;
  readonly solutions: number;
  readonly solutionsAsked: number;
  readonly critiques: number;
  /** Null where the set has to be written first, as one that leaves out benchmarks. */
  readonly funnel: readonly FunnelStage[] | null;
  readonly records: number;
  readonly size: number | null;
  /** Asked for, and what is there of each type; null for kinds without a mix. */
  readonly mix: {
    readonly asked: readonly [number, number];
    readonly i2c: number;
    readonly c2c: number;
  } | null;
  readonly shortfall: string | null;
  readonly lengths: Lengths | null;
  readonly histogram: readonly LengthBin[];
  readonly yields: readonly YieldRow[];
  /** Some kept records, drawn by their ids: the same ones at every look. */
  readonly examples: readonly ExampleRecord[];
}

export interface LengthBin {
  /** Tokens, half-open. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How much of the sampling a level of problems has given. */
export interface YieldRow {
  readonly level: string;
  readonly problems: number;
  /** Problems with a record. */
  readonly productive: number;
  readonly samples: number;
  readonly records: number;
}

export interface ExampleRecord {
  readonly id: string;
  readonly type: string | null;
  readonly question: string;
  readonly text: string;
}

const EXAMPLES = 20;
/** Texts of models can be of any length; a panel shows their beginning, and the whole on a click. */
export const EXAMPLE_CHARACTERS = 1200;
const BINS = 12;

/** Lengths of the records in bins of one width, from 0. */
export function lengthBins(tokens: readonly number[]): LengthBin[] {
  const most = Math.max(0, ...tokens);
  if (most === 0) return [];
  const width = Math.max(1, Math.ceil((most + 1) / BINS));
  const bins = Array.from({ length: Math.ceil((most + 1) / width) }, (_, at) => ({
    from: at * width,
    to: (at + 1) * width,
    count: 0,
  }));
  for (const length of tokens) {
    const bin = bins[Math.floor(length / width)];
    if (bin !== undefined) bin.count += 1;
  }
  return bins;
}

/** Records and samples by the level of their problems, in the order of the levels. */
export function yieldRows(
  { problems, solutions, critiques }: SampledLines,
  records: readonly KeptRecord[],
): YieldRow[] {
  const recordsOf = countBy(records, ({ q }) => q);
  const samplesOf = countBy([...solutions, ...critiques], ({ problemId }) => problemId);
  const levels = Map.groupBy(problems, ({ level }) => (level === undefined ? 'none' : String(level)));
  return [...levels]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([level, members]) => ({
      level,
      problems: members.length,
      productive: members.filter(({ problem }) => recordsOf.has(problem)).length,
      samples: sum(members.map(({ id }) => samplesOf.get(id) ?? 0)),
      records: sum(members.map(({ problem }) => recordsOf.get(problem) ?? 0)),
    }));
}

export interface SampledLines {
  readonly problems: readonly Problem[];
  readonly solutions: readonly Solution[];
  readonly critiques: readonly Critique[];
}

/** Twenty records to read before training on a thousand: drawn by a hash of their ids, cut at a readable length. */
export function exampleRecords(records: readonly KeptRecord[]): ExampleRecord[] {
  return records
    .map((record) => ({ record, rank: hash32(0, record.id) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, EXAMPLES)
    .map(({ record: { id, type, q, text } }) => ({
      id,
      type,
      question: shortened(q),
      text: shortened(text),
    }));
}

function shortened(text: string): string {
  return visibleText(text.length <= EXAMPLE_CHARACTERS ? text : `${text.slice(0, EXAMPLE_CHARACTERS)}…`);
}

function countBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A filter's words; one that is not known here is called by its own name. */
export function stageWords(filter: string): StageWords {
  return WORDS[filter] ?? { passed: `passed ${filter}`, dropped: filter };
}

const WORDS: Readonly<Record<string, StageWords>> = {
  unfinished: { passed: 'finished', dropped: 'cut off or failed' },
  'no-answer': { passed: 'answer found', dropped: 'without an answer' },
  undetermined: { passed: 'could be graded', dropped: 'could not be graded' },
  contaminated: { passed: 'not in a benchmark', dropped: 'in a benchmark that is held out' },
  type: { passed: 'of a type that is asked for', dropped: 'of a type that is not asked for' },
  'not-critiqued': { passed: 'critiqued', dropped: 'not critiqued, because not needed' },
  'wrong-answer': { passed: 'critique ends right', dropped: 'ending wrong' },
  review: { passed: 'not rejected by a person', dropped: 'rejected by a person' },
  'too-long': { passed: 'short enough', dropped: 'too long' },
  verdict: { passed: 'verdict fits the grade', dropped: 'verdict contradicts the grade' },
  duplicate: { passed: 'not a duplicate', dropped: 'duplicates' },
  mix: { passed: 'kept', dropped: 'beyond the mix or the size' },
  'not-verified': { passed: 'verified', dropped: 'not verified' },
  'no-verdict': { passed: 'verdict found', dropped: 'without a verdict' },
  protocol: { passed: 'in the form of the protocol', dropped: 'not in the form of the protocol' },
  'no-right-solution': { passed: 'problem was solved', dropped: 'of a problem that was never solved' },
  trials: { passed: 'as many trials as needed', dropped: 'of a problem with too few trials' },
  'not-drawn': { passed: 'drawn', dropped: 'not drawn for the trajectory' },
  size: { passed: 'kept', dropped: 'beyond the size' },
};
