/** Keeps the arms that were read, with their samples, until they change: another baseline is a matter of statistics alone. */
import { gradeArms, type ReadArm, readArm } from './arms.ts';
import type { RunAt } from './client.ts';
import { type MeasuredArm, withUniqueLabels } from './index.ts';

const ARMS_KEPT = 8;

export interface ArmCache {
  /** A run with its rows grouped, or a results file that is not graded yet. */
  read(run: RunAt): Promise<ReadArm>;
  /** All arms of a comparison, graded, no two with the same label. */
  readAll(runs: readonly RunAt[]): Promise<readonly MeasuredArm[]>;
}

export function createArmCache(): ArmCache {
  const known = new Map<string, { revision: string; arm: Promise<ReadArm> }>();
  let last: { key: string; arms: Promise<readonly MeasuredArm[]> } | undefined;

  const read = (run: RunAt): Promise<ReadArm> => {
    const { dir, revision, file } = run;
    const cached = known.get(dir);
    known.delete(dir);
    const options = file === undefined ? {} : { file };
    const kept = cached?.revision === revision ? cached : { revision, arm: readArm(dir, options) };
    known.set(dir, kept);
    kept.arm.catch(() => known.delete(dir));
    const oldest = known.keys().next().value;
    if (known.size > ARMS_KEPT && oldest !== undefined) known.delete(oldest);
    return kept.arm;
  };
  const graded = async (runs: readonly RunAt[]) =>
    withUniqueLabels(await gradeArms(await Promise.all(runs.map(read))));

  return {
    read,
    readAll(runs) {
      // The headline and the rest are asked for one after the other, and answers are graded once.
      const key = runs.map(({ dir, revision }) => `${dir} ${revision}`).join('\n');
      if (last?.key === key) return last.arms;
      const arms = graded(runs);
      last = { key, arms };
      arms.catch(() => {
        last = undefined;
      });
      return arms;
    },
  };
}
