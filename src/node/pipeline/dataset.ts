/** Building a dataset file from the lines of a run. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../core/errors.ts';
import { statementCanonicalText } from '../../core/problems/index.ts';
import { availableTypes, buildScft, type FilterOptions, type Mix } from '../../core/sampling/index.ts';
import { type DatasetMeta, datasetMetaSchema } from '../../core/schema/dataset.ts';
import type { Dropped } from '../../core/schema/lines.ts';
import type { Prompts } from '../../core/schema/run.ts';
import { onDisk, RUN_LINES, type RunData, readRun } from '../runs/index.ts';
import type { DatasetOptions, WrittenDataset } from './options.ts';
import { onlyReviewed, withEdits } from './reviewedRun.ts';

/**
 * Makes a dataset from a run that holds solutions and critiques, without sampling anything, and with the reviews that
 * people have written since. `output` is needed here: a run's own dataset is not written over by accident.
 */
export async function datasetFromRun(
  dir: string,
  options: Omit<DatasetOptions, 'mix'> & {
    /** `all`: as many of each type as there are. */
    readonly mix: Mix | 'all';
    readonly output: string;
    readonly seed?: number;
    readonly prompts?: Prompts;
    /** Only what a person accepted or edited. */
    readonly reviewed?: boolean;
  },
): Promise<WrittenDataset> {
  const whole = await withEdits(await readRun(dir));
  const run = options.reviewed === true ? onlyReviewed(whole) : whole;
  const mix = options.mix === 'all' ? everyRecord(run, options) : options.mix;
  const dataset = await writeDataset(run, { ...options, mix }, options.output);
  const droppedFile = `${withoutExtension(options.output)}.dropped.jsonl`;
  await writeLines(droppedFile, dataset.dropped);
  return dataset;
}

/** The mix that leaves no candidate out. */
function everyRecord(run: RunData, options: { readonly seed?: number; readonly prompts?: Prompts }): Mix {
  const prompts = options.prompts ?? run.manifest.prompts;
  if (prompts === undefined) return [1, 1];
  const source = { run: run.manifest.id, model: '', modelSha256: null };
  const { i2c, c2c } = availableTypes({ ...run, prompts, seed: options.seed ?? run.manifest.seed, source });
  return [i2c, c2c];
}

/** Builds and writes the dataset of a run; the run's own `dropped.jsonl` follows it. */
export async function datasetOfRun(
  dir: string,
  options: DatasetOptions & { readonly seed: number },
): Promise<WrittenDataset> {
  const run = await withEdits(await readRun(dir));
  const dataset = await writeDataset(run, options, options.output ?? path.join(dir, 'dataset.jsonl'));
  await writeLines(path.join(dir, RUN_LINES.dropped), dataset.dropped);
  return dataset;
}

async function writeDataset(
  run: RunData,
  options: DatasetOptions & { readonly seed?: number; readonly prompts?: Prompts },
  file: string,
): Promise<WrittenDataset> {
  const { manifest } = run;
  const prompts = options.prompts ?? manifest.prompts;
  if (prompts === undefined || run.critiques.length === 0) {
    throw new UserError('no-critiques', `The run ${manifest.id} holds no critiques.`, {
      place: { file: run.dir },
      remedy: 'Name a run of kind sample or critique.',
    });
  }
  const { records, dropped, funnel, meta } = buildScft({
    problems: run.problems,
    solutions: run.solutions,
    critiques: run.critiques,
    reviews: run.reviews,
    prompts,
    mix: options.mix,
    size: options.size,
    seed: options.seed ?? manifest.seed,
    ...(options.filters === undefined ? {} : { filters: options.filters satisfies Partial<FilterOptions> }),
    source: {
      run: manifest.id,
      model: manifest.model?.name ?? 'unknown',
      modelSha256: manifest.model?.sha256 ?? null,
    },
  });
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  // Parsed, so that its fields stand in the order of the schema, as those of a file that is read back.
  const full = datasetMetaSchema.parse({
    schemaVersion: 1,
    kind: 'scft',
    createdAt: new Date().toISOString(),
    ...meta,
    ...(manifest.grader === undefined ? {} : { grader: manifest.grader }),
    funnel,
    sha256: sha256(text),
    problemHashes: [...new Set(records.map(({ q }) => sha256(statementCanonicalText(q))))].sort(),
    parents: [{ kind: 'run', id: manifest.id, role: 'critiques' }],
  } satisfies DatasetMeta);
  const metaFile = `${withoutExtension(file)}.meta.json`;
  const before = await readMeta(metaFile);
  const isUnchanged =
    before !== null && isSameDataset(before, full) && (await contentHash(file)) === full.sha256;
  if (isUnchanged) return { file, metaFile, meta: before, dropped, isUnchanged };
  await onDisk(file, () => mkdir(path.dirname(file), { recursive: true }));
  await onDisk(file, () => writeFileAtomic(file, text));
  await onDisk(metaFile, () => writeFileAtomic(metaFile, `${JSON.stringify(full, null, 2)}\n`));
  return { file, metaFile, meta: full, dropped, isUnchanged };
}

async function writeLines(file: string, rows: readonly Dropped[]): Promise<void> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await onDisk(file, () => writeFileAtomic(file, text));
}

async function readMeta(file: string): Promise<DatasetMeta | null> {
  try {
    return datasetMetaSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

function isSameDataset(a: DatasetMeta, b: DatasetMeta): boolean {
  return JSON.stringify({ ...a, createdAt: '' }) === JSON.stringify({ ...b, createdAt: '' });
}

async function contentHash(file: string): Promise<string | null> {
  return readFile(file).then(sha256, () => null);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function withoutExtension(file: string): string {
  return file.replace(/\.jsonl$/i, '');
}
