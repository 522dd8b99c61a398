/** Building a dataset file from the lines of a run. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../core/errors.ts';
import { statementCanonicalText } from '../../core/problems/index.ts';
import { availableTypes, type Mix } from '../../core/sampling/index.ts';
import { type DatasetMeta, datasetMetaSchema } from '../../core/schema/dataset.ts';
import type { Dropped } from '../../core/schema/lines.ts';
import { onDisk, RUN_LINES, type RunData, readRun } from '../runs/index.ts';
import { metaFileOf } from '../training/metaFile.ts';
import { type BuildOptions, buildDataset } from './buildDataset.ts';
import { onlyReviewed, withEdits } from './reviewedRun.ts';
import type { DatasetOptions, WrittenDataset } from './sampleOptions.ts';

/**
 * Makes a dataset from a run that holds its solutions and critiques, without sampling anything, and with the reviews
 * that people have written since. `output` is needed here: a run's own dataset is not written over by accident.
 */
export async function datasetFromRun(
  dir: string,
  options: RunDatasetOptions,
  build: BuildOptions = {},
): Promise<WrittenDataset> {
  const whole = await withEdits(await readRun(dir));
  const run = options.reviewed === true ? onlyReviewed(whole) : whole;
  const dataset = await writeDataset(run, withMix(options, run, build), build, options.output);
  const droppedFile = `${withoutExtension(options.output)}.dropped.jsonl`;
  await writeLines(droppedFile, dataset.dropped);
  return dataset;
}

/** Of SCFT records there may be `all`: as many of each type as there are. */
export type RunDatasetOptions = (
  | Exclude<DatasetOptions, { kind: 'scft' }>
  | (Omit<Extract<DatasetOptions, { kind: 'scft' }>, 'mix'> & { readonly mix: Mix | 'all' })
) & {
  readonly output: string;
  /** Only what a person accepted or edited. */
  readonly reviewed?: boolean;
};

function withMix(options: RunDatasetOptions, run: RunData, build: BuildOptions): DatasetOptions {
  if (options.kind !== 'scft') return options;
  return { ...options, mix: options.mix === 'all' ? everyRecord(run, build) : options.mix };
}

/** The mix that leaves no candidate out. */
function everyRecord(run: RunData, build: BuildOptions): Mix {
  const prompts = build.prompts ?? run.manifest.prompts;
  if (prompts === undefined) return [1, 1];
  const source = { run: run.manifest.id, model: '', modelSha256: null };
  const { i2c, c2c } = availableTypes({ ...run, prompts, seed: build.seed ?? run.manifest.seed, source });
  return [i2c, c2c];
}

/** Builds and writes the dataset of a run; the run's own `dropped.jsonl` follows it. */
export async function datasetOfRun(
  dir: string,
  options: DatasetOptions,
  build: BuildOptions,
): Promise<WrittenDataset> {
  const run = await withEdits(await readRun(dir));
  const dataset = await writeDataset(run, options, build, options.output ?? path.join(dir, 'dataset.jsonl'));
  await writeLines(path.join(dir, RUN_LINES.dropped), dataset.dropped);
  return dataset;
}

async function writeDataset(
  run: RunData,
  options: DatasetOptions,
  build: BuildOptions,
  file: string,
): Promise<WrittenDataset> {
  const { manifest } = run;
  const { records, dropped, summary } = await buildDataset(run, options, build);
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const { heldOut } = options.filters ?? {};
  const role = options.kind === 'scft' || options.kind === 's2r' ? 'critiques' : 'solutions';
  // Parsed, so that its fields stand in the order of the schema, as those of a file that is read back.
  const full = datasetMetaSchema.parse({
    ...summary,
    schemaVersion: 1,
    createdAt: new Date().toISOString(),
    ...(manifest.grader === undefined ? {} : { grader: manifest.grader }),
    ...(heldOut === undefined || heldOut === null
      ? {}
      : { heldOut: { name: heldOut.name, sha256: heldOut.sha256 } }),
    sha256: sha256(text),
    problemHashes: [...new Set(records.map(({ q }) => sha256(statementCanonicalText(q))))].sort(),
    parents: [{ kind: 'run', id: manifest.id, role }],
  } satisfies DatasetMeta);
  const metaFile = metaFileOf(file);
  const before = await readDatasetMeta(metaFile);
  const isUnchanged =
    before !== null && isSameDataset(before, full) && (await contentHash(file)) === full.sha256;
  if (isUnchanged) return { file, metaFile, meta: before, dropped, isUnchanged };
  // What lies in the run is the run's own.
  if (path.relative(run.dir, file).startsWith('..')) await requireReplaceable(file, full.sha256);
  await onDisk(file, () => mkdir(path.dirname(file), { recursive: true }));
  await onDisk(file, () => writeFileAtomic(file, text));
  await onDisk(metaFile, () => writeFileAtomic(metaFile, `${JSON.stringify(full, null, 2)}\n`));
  return { file, metaFile, meta: full, dropped, isUnchanged };
}

/**
 * Refuses to write over a file that is no dataset of ours, such as the problem set itself, or one that somebody has changed
 * since: datasets of ours can be made again. `next` is what will be written, which a killed process may have done already.
 */
export async function requireReplaceable(file: string, next: string | null = null): Promise<void> {
  const found = await contentHash(file);
  if (found === null || found === next || found === sha256('')) return;
  if ((await readDatasetMeta(metaFileOf(file)))?.sha256 === found) return;
  throw new UserError('file-exists', 'There is a file that is no dataset as the workbench wrote it.', {
    place: { file },
    remedy: 'Choose another name with -o, or move the file away.',
  });
}

async function writeLines(file: string, rows: readonly Dropped[]): Promise<void> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await onDisk(file, () => writeFileAtomic(file, text));
}

/** Null where there is none, or none of ours. */
export async function readDatasetMeta(file: string): Promise<DatasetMeta | null> {
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
