import path from 'node:path';
import * as vscode from 'vscode';
import { headlineOf, progressOf } from '../core/runs/index.ts';
import { datasetText } from '../core/sampling/datasetText.ts';
import { isOver } from './followRun.ts';
import type { RunEntry } from './runStore.ts';
import type { Services } from './services.ts';

/** Intervals in a list need fewer draws than those of a comparison. */
const DRAWS = 2000;
const cache = new WeakMap<Services, Map<string, { revision: string; text: Promise<string> }>>();

/** The one number of a run that matters, with its interval; how far it is while it runs. */
export function runHeadline(services: Services, run: RunEntry): Promise<string> {
  const known = cache.get(services) ?? new Map<string, { revision: string; text: Promise<string> }>();
  cache.set(services, known);
  const found = known.get(run.dir);
  if (!isOver(run.state.status)) return Promise.resolve(progressOf(run.state));
  if (found?.revision === run.revision) return found.text;
  const text = measured(services, run);
  text.catch(() => known.delete(run.dir));
  known.set(run.dir, { revision: run.revision, text });
  return text;
}

async function measured(services: Services, run: RunEntry): Promise<string> {
  const { manifest, state } = run;
  if (manifest.kind === 'train') return progressOf(state);
  if (manifest.kind === 'sample') {
    const { DATASET_FILE, readDataset } = await import('./datasets.ts');
    const dataset = await readDataset(path.join(run.dir, DATASET_FILE));
    if (dataset === null) return progressOf(state);
    const { records, size } = dataset.meta;
    const kept = datasetText(dataset.meta);
    return size === null || size === records ? kept : vscode.l10n.t('{0} of {1} wanted', kept, size);
  }
  const summary = await (run.isLarge ? services.reader() : services.comparer()).summary(run.dir, DRAWS);
  return (summary === null ? null : headlineOf(summary)) ?? progressOf(state);
}
