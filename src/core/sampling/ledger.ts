/** Accounts for candidates: each is kept, or dropped once by the first filter that rejects it. */
import type { FunnelStage, Lengths } from '../schema/dataset.ts';
import type { Dropped } from '../schema/lines.ts';
import { byCodeUnits } from '../textOrder.ts';

export interface Ledger<Name extends string> {
  drop(candidate: string, filter: Name, detail: string): void;
  /** By the candidates' ids. */
  dropped(): Dropped[];
  /** One stage for each filter, in order; what leaves the last one is kept. */
  funnel(kept: number): FunnelStage[];
  count(filter: Name): number;
}

export function createLedger<Name extends string>(order: readonly Name[]): Ledger<Name> {
  const rows: { candidate: string; filter: Name; detail: string }[] = [];
  const count = (filter: Name) => rows.filter((row) => row.filter === filter).length;
  return {
    drop: (candidate, filter, detail) => void rows.push({ candidate, filter, detail }),
    dropped: () => rows.toSorted((a, b) => byCodeUnits(a.candidate, b.candidate)),
    funnel: (kept) => {
      let entered = rows.length + kept;
      return order.map((filter) => {
        const stage = { filter, entered, dropped: count(filter) };
        entered -= stage.dropped;
        return stage;
      });
    },
    count,
  };
}

/** Null without a record. */
export function lengthsOf(tokens: readonly number[]): Lengths | null {
  const sorted = tokens.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return null;
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? min) + (sorted[Math.ceil(middle)] ?? max)) / 2;
  return { min, median, mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length, max };
}
