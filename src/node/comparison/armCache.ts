/** Keeps the arms that were read, with their samples, until they change: another baseline is a matter of statistics alone. */
import { gradeArms, type ReadArm, readArm } from './arms.ts';
import type { RunAt } from './client.ts';
import { type MeasuredArm, withUniqueLabels } from './index.ts';

const ARMS_KEPT = 8;

/** `rows`: grades and what is short, at once. `all`: with what has to be read out of the texts of a large run first. */
export type ArmDepth = 'rows' | 'all';

export interface ArmCache {
  /** A run with its rows grouped, or a results file that is not graded yet. */
  read(run: RunAt): Promise<ReadArm>;
  /** All arms of a comparison, graded, no two with the same label. */
  readAll(runs: readonly RunAt[], depth?: ArmDepth): Promise<readonly MeasuredArm[]>;
}

export function createArmCache(options: { largeBytes?: number } = {}): ArmCache {
  const known = new Map<string, { revision: string; arm: Promise<ReadArm> }>();
  const last = new Map<ArmDepth, { key: string; arms: Promise<readonly MeasuredArm[]> }>();

  const kept = ({ dir, revision, file }: RunAt, depth: ArmDepth): Promise<ReadArm> => {
    const key = `${depth} ${dir}`;
    const cached = known.get(key);
    known.delete(key);
    const asked = { ...options, counts: depth === 'all', ...(file === undefined ? {} : { file }) };
    const entry = cached?.revision === revision ? cached : { revision, arm: readArm(dir, asked) };
    known.set(key, entry);
    entry.arm.catch(() => known.delete(key));
    const oldest = known.keys().next().value;
    if (known.size > ARMS_KEPT && oldest !== undefined) known.delete(oldest);
    return entry.arm;
  };
  const read = async (run: RunAt, depth: ArmDepth = 'rows'): Promise<ReadArm> => {
    const rows = await kept(run, 'rows');
    // What was read whole, or is no run, holds everything already.
    const isWhole = !('groups' in rows) || rows.lacks?.has('text') !== true;
    return depth === 'rows' || isWhole ? rows : kept(run, 'all');
  };
  const graded = async (runs: readonly RunAt[], depth: ArmDepth) =>
    withUniqueLabels(await gradeArms(await Promise.all(runs.map((run) => read(run, depth)))));

  return {
    read,
    readAll(runs, depth = 'rows') {
      // The panel asks for problems and reports one after the other, and answers are graded once.
      const key = runs.map(({ dir, revision }) => `${dir} ${revision}`).join('\n');
      const known = last.get(depth);
      if (known?.key === key) return known.arms;
      const arms = graded(runs, depth);
      last.set(depth, { key, arms });
      arms.catch(() => last.delete(depth));
      return arms;
    },
  };
}
