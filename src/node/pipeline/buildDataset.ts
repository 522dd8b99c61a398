/** From the lines of a run to the records of a dataset. */
import { UserError } from '../../core/errors.ts';
import { buildOffline, buildS2r, buildScft, buildSelfDistill } from '../../core/sampling/index.ts';
import type { DatasetMeta } from '../../core/schema/dataset.ts';
import type { Dropped } from '../../core/schema/lines.ts';
import type { Prompts } from '../../core/schema/run.ts';
import type { RunData } from '../runs/index.ts';
import { answerGrades } from './answerGrades.ts';
import type { PipelineOptions } from './options.ts';
import { criticOf, verificationTemplateOf } from './sampleManifest.ts';
import type { DatasetOptions } from './sampleOptions.ts';
import { definedFilters } from './samplePlan.ts';

export interface BuildOptions {
  readonly seed?: number;
  readonly prompts?: Prompts;
  readonly grader?: PipelineOptions['grader'];
}

export interface BuiltDataset {
  readonly records: readonly { readonly q: string }[];
  readonly dropped: Dropped[];
  /** The meta file, less what is known of the file only. */
  readonly summary: WithoutFile<DatasetMeta>;
}

type FileField =
  | 'schemaVersion'
  | 'createdAt'
  | 'sha256'
  | 'problemHashes'
  | 'parents'
  | 'grader'
  | 'heldOut';
/** Of each member of the union by itself. */
type WithoutFile<Meta> = Meta extends DatasetMeta ? Omit<Meta, FileField> : never;

/** @throws UserError when the run has no lines of the sort that the dataset is made of */
export async function buildDataset(
  run: RunData,
  options: DatasetOptions,
  build: BuildOptions,
): Promise<BuiltDataset> {
  const input = inputOf(run, options, build);
  switch (options.kind) {
    case 'scft': {
      const filters = definedFilters(options.filters);
      const { records, dropped, funnel, meta } = buildScft({ ...input, ...run, filters, mix: options.mix });
      return { records, dropped, summary: { kind: 'scft', ...meta, funnel } };
    }
    case 'self-distill': {
      const { records, dropped, funnel, meta } = buildSelfDistill({ ...input, ...run });
      return { records, dropped, summary: { kind: 'self-distill', ...meta, funnel } };
    }
    case 's2r': {
      const { style, isThinned } = options;
      const template = verificationTemplateOf(run.manifest);
      const isShared = template !== undefined && !template.includes('{solution}');
      const { records, dropped, funnel, meta } = buildS2r({ ...input, ...run, style, isThinned, isShared });
      return { records, dropped, summary: { kind: 's2r', ...meta, funnel } };
    }
    case 'offline': {
      const { accuracy, isBalanced } = options;
      const grade = await answerGrades(run, build.grader);
      const { temperature = 1, topP = 1 } = run.manifest.sampling ?? {};
      const source = { ...input.source, temperature, topP };
      const asked = { accuracy, isBalanced, grade, source };
      const { records, dropped, funnel, meta } = buildOffline({ ...input, ...run, ...asked });
      return { records, dropped, summary: { kind: 'offline', ...meta, funnel } };
    }
    default:
      throw new Error(`no such kind of dataset: ${JSON.stringify(options satisfies never)}`);
  }
}

function inputOf(
  { manifest, dir, solutions, critiques }: RunData,
  options: DatasetOptions,
  build: BuildOptions,
) {
  const prompts = build.prompts ?? manifest.prompts;
  const needsCritiques = options.kind === 'scft' || options.kind === 's2r';
  // A sampling run without a critique had nothing to criticise: its funnel says why.
  const isSampled = manifest.kind === 'sample' && solutions.length > 0;
  if (prompts === undefined || (needsCritiques && critiques.length === 0 && !isSampled)) {
    throw new UserError('no-critiques', `The run ${manifest.id} holds no critiques.`, {
      place: { file: dir },
      remedy: 'Name a run of kind sample or critique.',
    });
  }
  const critic = criticOf(manifest);
  return {
    prompts,
    size: options.size,
    seed: build.seed ?? manifest.seed,
    filters: {
      maxTokens: options.filters?.maxTokens ?? null,
      heldOut: options.filters?.heldOut ?? null,
    },
    source: {
      run: manifest.id,
      model: manifest.model?.name ?? 'unknown',
      modelSha256: manifest.model?.sha256 ?? null,
      ...(critic === undefined ? {} : { critic: { model: critic.name, modelSha256: critic.sha256 ?? null } }),
    },
  };
}
