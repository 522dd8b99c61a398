import type { ProblemGroup } from '../metrics/index.ts';
import type { Problem } from '../schema/problem.ts';
import { visibleText } from '../visibleText.ts';
import { gradeLetters } from './samples.ts';

/** One problem with the grades of its samples in each run. */
export interface GridRow {
  readonly problemId: string;
  /** The beginning of the statement: what people recognise a problem by. */
  readonly statement: string;
  readonly gold: string | null;
  readonly level: string | null;
  /** In the order of the runs: a letter a sample (`GRADE_LETTERS`), or null where the run has no such problem. */
  readonly arms: readonly (string | null)[];
  /** Share of correct samples among the graded ones; null where there is none. */
  readonly shares: readonly (number | null)[];
}

export interface GridArm {
  readonly groups: readonly ProblemGroup[];
  readonly problems: readonly Problem[];
}

const STATEMENT_CHARACTERS = 200;

/** Every problem of any of the runs, in the order of their problem sets. */
export function comparisonGrid(runs: readonly GridArm[]): GridRow[] {
  const groups = runs.map((run) => new Map(run.groups.map((group) => [group.problemId, group])));
  const problems = new Map(runs.flatMap((run) => run.problems.map((problem) => [problem.id, problem])));
  const measured = new Set(groups.flatMap((byId) => [...byId.keys()]));
  const ids = new Set([...[...problems.keys()].filter((id) => measured.has(id)), ...measured]);
  return [...ids].map((problemId) => {
    const problem = problems.get(problemId);
    const arms = groups.map((byId) => {
      const group = byId.get(problemId);
      return group === undefined ? null : gradeLetters(group);
    });
    return {
      problemId,
      statement: visibleText((problem?.problem ?? '').slice(0, STATEMENT_CHARACTERS)),
      gold: problem?.answer ?? null,
      level: problem?.level === undefined ? null : String(problem.level),
      arms,
      shares: arms.map(shareOf),
    };
  });
}

function shareOf(letters: string | null): number | null {
  if (letters === null) return null;
  const correct = countOf(letters, 'c');
  const graded = correct + countOf(letters, 'i');
  return graded === 0 ? null : correct / graded;
}

/** How many samples have this letter. */
export function countOf(letters: string, letter: string): number {
  let count = 0;
  for (const one of letters) if (one === letter) count += 1;
  return count;
}

export const GRID_FILTERS = ['all', 'changed', 'improved', 'regressed', 'unchanged', 'undetermined'] as const;
export type GridFilter = (typeof GRID_FILTERS)[number];
export const GRID_ORDERS = [
  'regressions first',
  'improvements first',
  'hardest first',
  'as in the set',
] as const;
export type GridOrder = (typeof GRID_ORDERS)[number];

export interface GridView {
  /** Positions of the two runs that are held against each other. */
  readonly baseline: number;
  readonly other: number;
  readonly filter: GridFilter;
  readonly order: GridOrder;
}

/** Other minus baseline in shares of correct samples; null where one of them has none. */
export function gridDifference(
  { shares }: GridRow,
  { baseline, other }: Pick<GridView, 'baseline' | 'other'>,
): number | null {
  const [before, after] = [shares[baseline] ?? null, shares[other] ?? null];
  return before === null || after === null ? null : after - before;
}

/** The rows that a view shows, in its order. Rows without a difference come last where differences decide. */
export function gridRows(rows: readonly GridRow[], view: GridView): GridRow[] {
  const shown = rows
    .map((row, at) => ({ row, at, difference: gridDifference(row, view) }))
    .filter(({ row, difference }) => isShown(row, difference, view));
  const key = ({ row, difference }: (typeof shown)[number]): number => {
    switch (view.order) {
      case 'regressions first':
        return difference ?? Number.POSITIVE_INFINITY;
      case 'improvements first':
        return difference === null ? Number.POSITIVE_INFINITY : -difference;
      case 'hardest first':
        return row.shares[view.baseline] ?? Number.POSITIVE_INFINITY;
      case 'as in the set':
        return 0;
      default:
        return view.order satisfies never;
    }
  };
  // Infinite keys may be equal, and their difference is no number.
  return shown
    .map((one) => ({ ...one, key: key(one) }))
    .sort((a, b) => (a.key === b.key ? a.at - b.at : a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}

function isShown(row: GridRow, difference: number | null, { filter, baseline, other }: GridView): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'changed':
      return difference !== null && difference !== 0;
    case 'improved':
      return difference !== null && difference > 0;
    case 'regressed':
      return difference !== null && difference < 0;
    case 'unchanged':
      return difference === 0;
    case 'undetermined':
      return [row.arms[baseline], row.arms[other]].some((letters) => letters?.includes('u') === true);
    default:
      return filter satisfies never;
  }
}

/** The first sample whose grade differs between the two, because that is what a reader wants to see; else the first. */
export function firstChange(
  { arms }: GridRow,
  { baseline, other }: Pick<GridView, 'baseline' | 'other'>,
): number {
  const [before, after] = [arms[baseline] ?? '', arms[other] ?? ''];
  for (let at = 0; at < Math.min(before.length, after.length); at += 1) {
    if (before[at] !== after[at]) return at;
  }
  return 0;
}
