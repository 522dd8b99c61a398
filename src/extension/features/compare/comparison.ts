import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { CompareState, SavedComparison } from '../../../core/protocol/compare.ts';
import type { RunAt } from '../../../node/comparison/client.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';

/** Computes a comparison in the comparing thread and names its runs. */
export async function readComparison(
  services: Services,
  names: SavedComparison,
  depth: 'headline' | 'all',
): Promise<CompareState> {
  const runs = entriesOf(services, names);
  const { labels, pairs, ...computed } = await services
    .comparer()
    .compare(runs.map(runAt), baselineDir(runs, names.baseline), depth);
  const shortNames = uniqueShortNames(runs);
  return {
    status: 'ready',
    isPartial: depth === 'headline',
    runs: runs.map(({ id, state }, at) => ({
      id,
      label: shortNames[at] ?? labels[at] ?? id,
      status: state.status,
    })),
    baseline: names.baseline,
    pairs: pairs.map(({ dir, ...pair }) => ({ other: path.basename(dir), ...pair })),
    ...computed,
  };
}

export function entriesOf(services: Services, names: SavedComparison): RunEntry[] {
  return names.runs.map((id) => entryOf(services, names, id));
}

/** The run of this name; a comparison knows no others. */
export function entryOf(services: Services, { folder, runs }: SavedComparison, id: string): RunEntry {
  if (!runs.includes(id)) {
    throw new UserError('run-unknown', vscode.l10n.t('This run is not part of the comparison.'), {
      remedy: vscode.l10n.t('Open it again.'),
    });
  }
  const run = services.runs.find(vscode.Uri.parse(folder), id);
  if (run !== undefined) return run;
  throw new UserError('run-gone', vscode.l10n.t('The run {0} is not there any more.', id), {
    remedy: vscode.l10n.t('Put its directory back, or compare other runs.'),
  });
}

export function runAt({ dir, revision }: RunEntry): RunAt {
  return { dir, revision };
}

export function baselineDir(runs: readonly RunEntry[], baseline: string): string {
  return runs.find(({ id }) => id === baseline)?.dir ?? '';
}

/** The command that computes the same comparison in a terminal. */
export function commandOf({ runs, baseline }: SavedComparison): string {
  return ['reflection', 'compare', baseline, ...runs.filter((run) => run !== baseline)].join(' ');
}

/** Titles without the problem set, which the runs nearly always share; undefined for names that are not unique. */
function uniqueShortNames(runs: readonly RunEntry[]): (string | undefined)[] {
  const names = runs.map(({ manifest }) => {
    const suffix = ` on ${manifest.problemSet?.name ?? ''}`;
    return manifest.title.endsWith(suffix) ? manifest.title.slice(0, -suffix.length) : manifest.title;
  });
  return names.map((name) =>
    name !== '' && names.filter((one) => one === name).length === 1 ? name : undefined,
  );
}
