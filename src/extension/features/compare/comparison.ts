import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { ComparedProblem, ComparedRun, CompareState } from '../../../core/protocol/compare.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import type { ComparedNames } from './panel.ts';

const STATEMENT_CHARACTERS = 200;

/** Computes a comparison in the comparing thread and adds what people recognise runs and problems by. */
export async function readComparison(
  services: Services,
  names: ComparedNames,
  baseline: string,
): Promise<CompareState> {
  const runs = names.runs.map((id) => entryOf(services, names, id));
  const dirs = runs.map(({ dir }) => dir);
  const baselineDir = runs.find(({ id }) => id === baseline)?.dir ?? '';
  const { labels, baselineSummary, pairs } = await services.comparer().compare(dirs, baselineDir);
  const shortNames = uniqueShortNames(runs);
  return {
    status: 'ready',
    runs: runs.map((run, at) => comparedRun(run, shortNames[at] ?? labels[at] ?? run.id)),
    baseline,
    baselineSummary,
    pairs: pairs.map(({ dir, comparison, differences }) => ({
      other: path.basename(dir),
      comparison,
      differences,
    })),
    problems: await problemsOf(services, runs),
  };
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

export function entryOf(services: Services, { folder }: ComparedNames, id: string): RunEntry {
  const run = services.runs.find(vscode.Uri.parse(folder), id);
  if (run !== undefined) return run;
  throw new UserError('run-gone', `The run ${id} is not there any more.`, {
    remedy: 'Put its directory back, or compare other runs.',
  });
}

function comparedRun({ id, manifest, state }: RunEntry, label: string): ComparedRun {
  const { problemSet, n, sampling, model } = manifest;
  return {
    id,
    label,
    model: model?.name ?? 'no model',
    settings: [
      ...(problemSet === undefined ? [] : [`${problemSet.name} (${problemSet.count} problems)`]),
      `n = ${n}`,
      ...(sampling === undefined ? [] : [`T ${sampling.temperature}`]),
      `seed ${manifest.seed}`,
    ].join(' · '),
    status: state.status,
  };
}

async function problemsOf(
  services: Services,
  runs: readonly RunEntry[],
): Promise<Record<string, ComparedProblem>> {
  const found: Record<string, ComparedProblem> = Object.create(null);
  for (const run of runs) {
    const { problems } = await services.runs.data(run);
    for (const { id, problem, answer } of problems) {
      found[id] ??= { statement: problem.slice(0, STATEMENT_CHARACTERS), gold: answer };
    }
  }
  return found;
}
