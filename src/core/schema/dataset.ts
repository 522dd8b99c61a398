/** The SCFT dataset: the record of spec A2 plus provenance, and its `.meta.json`. */
import { z } from 'zod';

export const scftRecordSchema = z.object({
  id: z.string(),
  /** Question. */
  q: z.string(),
  gold: z.string(),
  /** Solution as it stands in the critique prompt's slot. */
  y: z.string(),
  yAnswer: z.string().nullable(),
  yCorrect: z.union([z.literal(0), z.literal(1)]),
  /** Critique: the training target. */
  c: z.string(),
  cAnswer: z.string().nullable(),
  cCorrect: z.literal(1),
  type: z.enum(['i2c', 'c2c']),
  /** The training prompt with q and y filled in: one user turn. */
  prompt: z.string(),
  system: z.string().nullable(),
  tokensY: z.int(),
  tokensC: z.int(),
  gen: z.object({
    run: z.string(),
    model: z.string(),
    modelSha256: z.string().nullable(),
    solutionId: z.string(),
    critiqueId: z.string(),
    seed: z.int(),
  }),
  review: z.enum(['accept', 'none']),
});
export type ScftRecord = z.infer<typeof scftRecordSchema>;

/** A stage of the rejection-sampling funnel: how many came in, how many it dropped. */
export const funnelStageSchema = z.object({ filter: z.string(), entered: z.int(), dropped: z.int() });
export type FunnelStage = z.infer<typeof funnelStageSchema>;

export const datasetMetaSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('scft'),
  createdAt: z.string(),
  records: z.int(),
  i2c: z.int(),
  c2c: z.int(),
  /** Asked for. */
  mix: z.tuple([z.number(), z.number()]),
  size: z.int().nullable(),
  /** Why there are fewer records than asked for; null when the size was met. */
  shortfall: z.string().nullable(),
  funnel: z.array(funnelStageSchema),
  reviews: z.object({ accepted: z.int(), rejected: z.int() }),
  sha256: z.string(),
  /** SHA-256 of each problem statement in the set: travels to the checkpoint for the leakage guard. */
  problemHashes: z.array(z.string()),
  parents: z.array(z.object({ kind: z.string(), id: z.string(), role: z.string() })),
});
export type DatasetMeta = z.infer<typeof datasetMetaSchema>;
