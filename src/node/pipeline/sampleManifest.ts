/** What the manifest of a sampling run says beyond that of the others, written and read. */
import path from 'node:path';
import { z } from 'zod';
import { refinementPrompt, verificationPrompt } from '../../core/prompts/index.ts';
import { modelIdentitySchema, promptsSchema, type RunManifest } from '../../core/schema/run.ts';
import type { SampleOptions } from './sampleOptions.ts';

const criticSchema = modelIdentitySchema.extend({ prompts: promptsSchema });
const heldOutSchema = z.object({ name: z.string(), sha256: z.string(), path: z.string().optional() });

const common = {
  size: z.number().nullable(),
  output: z.string().optional(),
  verdictMustMatch: z.boolean().optional(),
  maxTokens: z.number().nullable().optional(),
  heldOut: heldOutSchema.optional(),
  critic: criticSchema.optional(),
  /** The run whose solutions were taken, by the name of its directory beside this one; null: all of them. */
  solutionsOf: z.object({ run: z.string(), solutionIds: z.array(z.string()).nullable() }).optional(),
};

/** `options` of the manifest. Runs of older versions name no dataset: they are SCFT. */
export const sampleSettingsSchema = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('dataset' in value)
      ? { ...value, dataset: 'scft' }
      : value,
  z.discriminatedUnion('dataset', [
    z.object({
      ...common,
      dataset: z.literal('scft'),
      mix: z.tuple([z.number(), z.number()]),
      critiquesPerCorrect: z.number(),
    }),
    z.object({ ...common, dataset: z.literal('self-distill') }),
    z.object({
      ...common,
      dataset: z.literal('s2r'),
      style: z.enum(['confirmative', 'problem-solving']),
      isThinned: z.boolean(),
      /** What the verifier is asked to rewrite its verifications; absent: it is not. */
      refinement: z.string().optional(),
      verification: z.string(),
    }),
    z.object({
      ...common,
      dataset: z.literal('offline'),
      accuracy: z.tuple([z.number(), z.number()]),
      isBalanced: z.boolean(),
    }),
  ]),
);
export type SampleSettings = z.infer<typeof sampleSettingsSchema>;

/** What is particular to this run, as its manifest keeps it. */
export function manifestOptions(options: SampleOptions): Record<string, unknown> {
  const { dataset, critic, solutionsOf } = options;
  const { verdictMustMatch, maxTokens, heldOut } = dataset.filters ?? {};
  return {
    size: dataset.size,
    ...(dataset.output === undefined ? {} : { output: dataset.output }),
    ...kindOptions(options),
    ...(verdictMustMatch === undefined ? {} : { verdictMustMatch }),
    ...(maxTokens === undefined || maxTokens === null ? {} : { maxTokens }),
    ...(heldOut === undefined || heldOut === null
      ? {}
      : {
          heldOut: {
            name: heldOut.name,
            sha256: heldOut.sha256,
            ...(heldOut.path === undefined ? {} : { path: heldOut.path }),
          },
        }),
    ...(critic === undefined ? {} : { critic: { ...critic.engine.identity, prompts: critic.prompts } }),
    ...(solutionsOf === undefined
      ? {}
      : {
          solutionsOf: {
            run: path.basename(solutionsOf.dir),
            solutionIds: solutionsOf.solutionIds?.toSorted() ?? null,
          },
        }),
  };
}

function kindOptions(options: SampleOptions): Record<string, unknown> {
  const { dataset, critiquesPerCorrect = 1 } = options;
  switch (dataset.kind) {
    case 'scft':
      return { mix: dataset.mix, critiquesPerCorrect };
    case 'self-distill':
      return { dataset: 'self-distill' };
    case 's2r': {
      const { style, isThinned, isRefined } = dataset;
      const verification = verificationTemplate(options);
      const refinement = isRefined === true ? { refinement: refinementTemplate(options) } : {};
      return { dataset: 's2r', style, isThinned, verification, ...refinement };
    }
    case 'offline':
      return { dataset: 'offline', accuracy: dataset.accuracy, isBalanced: dataset.isBalanced };
    default:
      throw new Error(`no such kind of dataset: ${JSON.stringify(dataset satisfies never)}`);
  }
}

/** What the verifier of an S2R run is asked. */
export function verificationTemplate({ dataset, critic, prompts }: SampleOptions): string {
  return verificationPrompt(
    critic?.prompts ?? prompts,
    dataset.kind === 's2r' ? dataset.style : 'confirmative',
  );
}

/** What the verifier is asked to rewrite a verification. */
export function refinementTemplate({ critic, prompts }: SampleOptions): string {
  return refinementPrompt(critic?.prompts ?? prompts);
}

/** The same as the manifest keeps it; undefined for another kind of run. */
export function verificationTemplateOf({ options }: RunManifest): string | undefined {
  const parsed = z.object({ verification: z.string() }).safeParse(options);
  return parsed.data?.verification;
}

/** The other model that criticised in this run. */
export function criticOf({ options }: RunManifest): z.infer<typeof criticSchema> | undefined {
  const parsed = z.object({ critic: criticSchema }).safeParse(options);
  return parsed.data?.critic;
}
