/**
 * `events.jsonl`: what happened in a run, one JSON object a line, written by one process.
 * Python and TypeScript write the same shapes. Readers are loose: an unknown type is counted and skipped.
 * `t` is Unix time in seconds. `null` means "not measured" and is never averaged as 0.
 */
import { z } from 'zod';

const at = { t: z.number() };
const metricsSchema = z.record(z.string(), z.number().nullable());

export const runEventSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('run_start'),
    ...at,
    pid: z.int(),
    /** Start time of the process as the system knows it, so that a reused pid is not taken for the run. */
    processStart: z.number().nullable(),
    host: z.string(),
    /** `step-000020` when the run goes on from a checkpoint. */
    resumedFrom: z.string().nullable().optional(),
    versions: z.record(z.string(), z.string()).optional(),
    /** Steps that the whole run will have (training), or samples (other kinds). */
    total: z.int().nullable().optional(),
  }),
  z.looseObject({ type: z.literal('heartbeat'), ...at, step: z.int().optional() }),
  /** Evaluate, critique, sample: how many samples are done of how many. */
  z.looseObject({
    type: z.literal('progress'),
    ...at,
    /** `solutions` or `critiques`. */
    stage: z.string(),
    done: z.int(),
    total: z.int(),
    tokens: z.int().optional(),
  }),
  z.looseObject({
    type: z.literal('step'),
    ...at,
    step: z.int(),
    total: z.int().nullable().optional(),
    epoch: z.number().nullable().optional(),
    /** TRL's metric names: `loss`, `grad_norm`, `learning_rate`, ... */
    metrics: metricsSchema,
  }),
  z.looseObject({
    type: z.literal('rollout'),
    ...at,
    step: z.int(),
    prompt: z.string(),
    completion: z.string(),
    rewards: metricsSchema,
    advantage: z.number().nullable(),
  }),
  z.looseObject({ type: z.literal('eval'), ...at, step: z.int(), metrics: metricsSchema }),
  z.looseObject({
    type: z.literal('checkpoint'),
    ...at,
    step: z.int(),
    /** Relative to the run directory, with `/`. */
    path: z.string(),
    bytes: z.int(),
    /** Whether a `model.gguf` lies in it. */
    gguf: z.boolean(),
  }),
  z.looseObject({
    type: z.literal('log'),
    ...at,
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  }),
  z.looseObject({ type: z.literal('alarm'), ...at, step: z.int(), alarm: z.string(), message: z.string() }),
  z.looseObject({
    type: z.literal('run_end'),
    ...at,
    status: z.enum(['ok', 'failed', 'cancelled']),
    error: z.string().nullable(),
    step: z.int().optional(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

/** `checkpoints/step-000100/complete.json`, written last: a checkpoint without it does not exist. */
export const checkpointMarkSchema = z.looseObject({
  step: z.int().min(0),
  worldSize: z.int().min(1),
  /** Bytes of each file, keyed by its path in the checkpoint. */
  files: z.record(z.string(), z.int()),
  gguf: z.string().nullable(),
  /** Lineage: the model it was trained from, the dataset and its problem hashes. */
  trainedFrom: z.string(),
  dataSha256: z.string(),
});
export type CheckpointMark = z.infer<typeof checkpointMarkSchema>;
