/**
 * `config.json` of a training run: what the Python trainer reads. Strict: a misspelt field is an error that names it.
 * Only what JSON Schema can say (no refinements, no transforms): Python validates the generated schema and fills in
 * the same defaults, so that `python -m reflection_trainer --config config.json` works without the workbench.
 */
import { z } from 'zod';

export const trainConfigSchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  /** The algorithm. SCFT: spec A3, loss on the critique only. */
  method: z.enum(['scft']).describe('Training algorithm'),
  recipe: z.string().default('custom').describe('Name of the recipe this configuration came from'),
  model: z.strictObject({
    path: z
      .string()
      .min(1)
      .describe('Hugging Face model directory, or a GGUF file of a supported architecture'),
  }),
  data: z.strictObject({
    path: z.string().min(1).describe('SCFT dataset, JSONL (spec A2)'),
  }),
  seed: z.int().min(0).default(0),
  epochs: z.number().gt(0).default(10).describe('Passes over the data (paper A: 10)'),
  maxSteps: z.int().min(1).nullable().default(null).describe('Optimiser steps; overrides epochs'),
  batchSize: z
    .int()
    .min(1)
    .default(64)
    .describe('Records per optimiser step, over all processes (paper A: 64)'),
  microBatchSize: z.int().min(1).default(4).describe('Records per forward pass and process'),
  learningRate: z.number().gt(0).default(1e-5).describe('Paper A: 1e-5'),
  scheduler: z
    .enum(['cosine', 'linear', 'constant'])
    .default('cosine')
    .describe('Our choice: not stated in the paper'),
  warmupRatio: z.number().min(0).max(1).default(0.1).describe('Our choice: not stated in the paper'),
  weightDecay: z.number().min(0).default(0),
  maxLength: z
    .int()
    .min(8)
    .default(32768)
    .describe('Tokens per record; longer records are dropped and reported, never cut'),
  precision: z
    .enum(['auto', 'float32', 'bfloat16'])
    .default('auto')
    .describe('auto: bfloat16 on a GPU, float32 on a CPU'),
  gradientCheckpointing: z.boolean().default(false),
  threads: z.int().min(0).default(0).describe('CPU threads per process; 0 = let torch choose'),
  worldSize: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Processes the run must have; null = as many as the launcher started'),
  logEverySteps: z.int().min(1).default(1),
  saveEverySteps: z.int().min(0).default(0).describe('0 = only at the end'),
  keepCheckpoints: z.int().min(1).default(3),
  heartbeatSeconds: z.number().gt(0).default(10),
  exportGguf: z.boolean().default(true),
  reportTo: z.array(z.string()).default([]).describe("TRL's own report_to"),
});
export type TrainConfig = z.infer<typeof trainConfigSchema>;
/** As written by a person or a recipe: defaults may be left out. */
export type TrainConfigInput = z.input<typeof trainConfigSchema>;
