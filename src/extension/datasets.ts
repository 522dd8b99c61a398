import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { type DatasetMeta, datasetMetaSchema } from '../core/schema/dataset.ts';
import { metaFileOf } from '../node/training/metaFile.ts';
import type { Services } from './services.ts';

/** Where a sampling run keeps its dataset when it was not told another place. */
export const DATASET_FILE = 'dataset.jsonl';

export interface Dataset {
  readonly file: string;
  readonly meta: DatasetMeta;
}

const METAS_AT_MOST = 100;

/** The SCFT datasets of the workspace: those of its sampling runs, newest first, then other files with a meta file. */
export async function findDatasets(services: Services): Promise<Dataset[]> {
  await services.runs.refresh();
  const ofRuns = services.runs.runs
    .filter((run) => run.manifest.kind === 'sample')
    .map((run) => path.join(run.dir, DATASET_FILE));
  const metas = await vscode.workspace.findFiles(
    '**/*.meta.json',
    '**/{node_modules,.reflection}/**',
    METAS_AT_MOST,
  );
  const others = metas.map((uri) => uri.fsPath.replace(/\.meta\.json$/, '.jsonl'));
  const found = await Promise.all([...ofRuns, ...others].map(readDataset));
  return found.filter((dataset) => dataset !== null);
}

/** A dataset with what its meta file says of it; null when there is none. */
export async function readDataset(file: string): Promise<Dataset | null> {
  try {
    return { file, meta: datasetMetaSchema.parse(JSON.parse(await readFile(metaFileOf(file), 'utf8'))) };
  } catch {
    return null;
  }
}
