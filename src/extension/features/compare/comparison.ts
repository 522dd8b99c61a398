import path from 'node:path';
import type { CompareState, SavedComparison } from '../../../core/protocol/compare.ts';
import type { RunAt } from '../../../node/comparison/client.ts';
import type { Services } from '../../services.ts';
import { type Arm, armAt, armsOf } from './arms.ts';

/** The arms of a comparison and where they lie, as they are now. */
export interface Located {
  readonly names: SavedComparison;
  readonly arms: readonly Arm[];
  /** In the order of the arms. */
  readonly places: readonly RunAt[];
  /** Directory of the baseline. */
  readonly baseline: string;
  /** Changes whenever there is something else to show. */
  readonly revision: string;
}

/** Throws a `UserError` when an arm is gone. */
export async function locate(services: Services, names: SavedComparison): Promise<Located> {
  const arms = armsOf(services, names);
  const places = await Promise.all(arms.map(armAt));
  const baseline = places[arms.findIndex(({ id }) => id === names.baseline)]?.dir ?? '';
  const revision = [names.baseline, ...places.map((place) => place.revision)].join('\n');
  return { names, arms, places, baseline, revision };
}

/** Computes a comparison in the comparing thread and names its arms. */
export async function readComparison(
  services: Services,
  { names, arms, places, baseline }: Located,
  depth: 'headline' | 'all',
): Promise<CompareState> {
  const { labels, pairs, ...computed } = await services.comparer().compare(places, baseline, depth);
  const idOf = new Map(places.map(({ dir }, at) => [dir, arms[at]?.id]));
  const shortNames = uniqueShortNames(arms);
  return {
    status: 'ready',
    isPartial: depth === 'headline',
    runs: arms.map((arm, at) => ({
      id: arm.id,
      label: shortNames[at] ?? labels[at] ?? arm.id,
      status: arm.kind === 'run' ? arm.run.state.status : 'done',
    })),
    baseline: names.baseline,
    pairs: pairs.map(({ dir, ...pair }) => ({ other: idOf.get(dir) ?? path.basename(dir), ...pair })),
    ...computed,
  };
}

/** Titles without the problem set, which the runs nearly always share; undefined for names that are not unique. */
function uniqueShortNames(arms: readonly Arm[]): (string | undefined)[] {
  const names = arms.map((arm) => {
    if (arm.kind === 'file') return path.parse(arm.uri.fsPath).name;
    const { title, problemSet } = arm.run.manifest;
    const suffix = ` on ${problemSet?.name ?? ''}`;
    return title.endsWith(suffix) ? title.slice(0, -suffix.length) : title;
  });
  return names.map((name) =>
    name !== '' && names.filter((one) => one === name).length === 1 ? name : undefined,
  );
}
