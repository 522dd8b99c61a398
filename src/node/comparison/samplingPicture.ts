/** The picture of a sampling run, from its lines, or from its dataset where only writing the set can tell. */
import { z } from 'zod';
import { samplesAskedFor } from '../../core/runs/index.ts';
import {
  exampleRecords,
  type KeptRecord,
  lengthBins,
  type SamplingPicture,
  yieldRows,
} from '../../core/sampling/picture.ts';
import type { DatasetMeta } from '../../core/schema/dataset.ts';
import type { Dropped } from '../../core/schema/lines.ts';
import { buildDataset } from '../pipeline/buildDataset.ts';
import { readDatasetMeta } from '../pipeline/dataset.ts';
import { datasetFileOf } from '../pipeline/datasetFile.ts';
import { type SampleSettings, sampleSettingsSchema } from '../pipeline/sampleManifest.ts';
import type { DatasetOptions } from '../pipeline/sampleOptions.ts';
import { type RunData, readRun } from '../runs/index.ts';
import { readJsonLines } from '../runs/jsonLines.ts';

export interface PicturedRun {
  readonly picture: SamplingPicture;
  readonly dropped: readonly Dropped[];
}

/** Fields of records of all kinds. */
const recordSchema = z.looseObject({
  id: z.string(),
  q: z.string(),
  c: z.string().optional(),
  answer: z.string().optional(),
  y: z.string().optional(),
  tokensC: z.number().optional(),
  tokensY: z.number().optional(),
  type: z.string().optional(),
});

export async function picturedRun(dir: string): Promise<PicturedRun> {
  const run = await readRun(dir);
  const settings = sampleSettingsSchema.parse(run.manifest.options);
  const { records, dropped, summary } = (await whatIsKept(run, settings)) ?? NOTHING;
  const kept = records.flatMap((row) => toKept(row));
  const tokens = kept.flatMap((one) => one.tokens ?? []);
  return {
    dropped,
    picture: {
      kind: settings.dataset,
      solutions: run.solutions.length,
      solutionsAsked: run.problems.length * samplesAskedFor(run.manifest, run.events),
      critiques: run.critiques.length,
      funnel: summary?.funnel ?? null,
      records: kept.length,
      size: settings.size,
      mix:
        settings.dataset === 'scft'
          ? {
              asked: settings.mix,
              i2c: kept.filter(({ type }) => type === 'i2c').length,
              c2c: kept.filter(({ type }) => type === 'c2c').length,
            }
          : null,
      shortfall: summary?.shortfall ?? null,
      lengths: summary?.lengths ?? null,
      histogram: lengthBins(tokens),
      yields: yieldRows(run, kept),
      examples: exampleRecords(kept),
    },
  };
}

interface Kept {
  readonly records: readonly unknown[];
  readonly dropped: readonly Dropped[];
  readonly summary: Pick<DatasetMeta, 'funnel' | 'shortfall' | 'lengths'> | null;
}

const NOTHING: Kept = { records: [], dropped: [], summary: null };

/**
 * Built anew from the lines, so that it is right at every moment; from the files of the set where building would need
 * the benchmarks that it leaves out, or the grader. Null where neither can tell yet.
 */
async function whatIsKept(run: RunData, settings: SampleSettings): Promise<Kept | null> {
  const isCritiqued = settings.dataset === 'scft' || settings.dataset === 's2r';
  if (settings.dataset === 'offline' || settings.heldOut !== undefined) return readDataset(run, settings);
  if (isCritiqued && run.critiques.length === 0) return null;
  return buildDataset(run, datasetOptions(settings), {});
}

async function readDataset(run: RunData, settings: SampleSettings): Promise<Kept | null> {
  const file = datasetFileOf(run.dir, settings);
  const meta = await readDatasetMeta(`${file.replace(/\.jsonl$/i, '')}.meta.json`);
  if (meta === null) return null;
  const { rows } = await readJsonLines(file, recordSchema);
  return { records: rows, dropped: run.dropped, summary: meta };
}

function datasetOptions(settings: SampleSettings): DatasetOptions {
  const { size, verdictMustMatch, maxTokens } = settings;
  const filters = {
    ...(verdictMustMatch === undefined ? {} : { verdictMustMatch }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
  switch (settings.dataset) {
    case 'scft':
      return { kind: 'scft', mix: settings.mix, size, filters };
    case 'self-distill':
      return { kind: 'self-distill', size, filters };
    case 's2r':
      return {
        kind: 's2r',
        style: settings.style,
        isThinned: settings.isThinned,
        isRefined: settings.refinement !== undefined,
        size,
        filters,
      };
    case 'offline':
      return { kind: 'offline', accuracy: settings.accuracy, isBalanced: settings.isBalanced, size, filters };
    default:
      throw new Error(`no such kind of dataset: ${JSON.stringify(settings satisfies never)}`);
  }
}

function toKept(row: unknown): KeptRecord[] {
  const parsed = recordSchema.safeParse(row);
  if (!parsed.success) return [];
  const { id, q, c, answer, y, tokensC, tokensY, type } = parsed.data;
  return [{ id, q, text: c ?? answer ?? y ?? '', tokens: tokensC ?? tokensY ?? null, type: type ?? null }];
}
