/**
 * `config.json` of a training run: what the Python trainer reads. Strict: a misspelt field is an error that names it.
 * Only what JSON Schema can say (no refinements, no transforms): Python validates the generated schema and fills in
 * the same defaults, so that `python -m reflection_trainer --config config.json` works without the workbench.
 *
 * One object per method; its defaults are the paper's hyper-parameters. A description that says "our choice" marks a
 * value that the paper does not state (label O in the method notes).
 */
import { z } from 'zod';
import {
  common,
  kl,
  learningRate,
  offline,
  optimiserSteps,
  policyClip,
  reflectionReward,
  rollouts,
  s2rPrompts,
  warmupSteps,
} from './trainConfigParts.ts';

const epochs = (value: number, about: string) => z.number().gt(0).default(value).describe(about);
const batch = (value: number, about: string) => z.int().min(1).default(value).describe(about);
const length = (value: number, about: string) => z.int().min(8).default(value).describe(about);
const scheduler = (value: 'cosine' | 'linear' | 'constant', about: string) =>
  z.enum(['cosine', 'linear', 'constant']).default(value).describe(about);

/** Fine-tuning on the critique only (spec A3). */
const scft = z.strictObject({ ...common, method: z.literal('scft') });
/** Self-Distill (spec A2): the model's own right solutions, as many as SCFT has critiques. */
const selfDistill = z.strictObject({ ...common, method: z.literal('selfDistill') });
/** Plain supervised fine-tuning on given solutions. */
const sft = z.strictObject({ ...common, method: z.literal('sft') });

/** GRPO with outcome and reflection reward (spec A4.2). */
const rlerr = z.strictObject({
  ...common,
  method: z.literal('rlerr'),
  learningRate: learningRate(1e-6, 'Paper A: 1e-6'),
  batchSize: batch(512, 'Rollouts per optimiser step, over all processes (paper A: 64 problems of 8)'),
  maxSteps: optimiserSteps(200, 'Optimiser steps (our choice: 200); null: by epochs'),
  epochs: epochs(1, 'Passes over the problems when maxSteps is null'),
  scheduler: scheduler('constant', 'Our choice: not stated in the paper'),
  warmupRatio: z.number().min(0).max(1).default(0).describe('Our choice: not stated in the paper'),
  maxLength: length(17_408, 'Tokens of prompt and response (paper A: 1,024 + 16,384)'),
  rollouts: rollouts({ perProblem: 8, problems: 64, temperature: 1, maxPrompt: 1024, maxNew: 16_384 }),
  reward: reflectionReward,
  clip: policyClip,
  klWeight: kl(0, 'Weight of the k3 KL term; 0: no reference model (our choice)'),
  lossType: z
    .enum(['dapo', 'grpo', 'bnpo', 'dr_grpo'])
    .default('dapo')
    .describe("TRL's loss_type: dapo divides by all tokens of the batch (spec A4.2)"),
  scaleRewards: z
    .enum(['group', 'batch', 'none'])
    .default('group')
    .describe('Divide advantages by the standard deviation of the group; none: Dr. GRPO'),
});

/** Behaviour initialisation of S2R: every verification, the last solve and the end are trained (spec B4). */
const bi = z.strictObject({
  ...common,
  method: z.literal('bi'),
  learningRate: learningRate(5e-6, 'Paper B: 5e-6'),
  batchSize: batch(32, 'Trajectories per optimiser step, over all processes (paper B: 32)'),
  epochs: epochs(3, 'Passes over the data (paper B: 3)'),
  warmupSteps: warmupSteps(5),
  minLearningRateRatio: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('The cosine ends at this share of learningRate (released code: 0.1)'),
  maxLength: length(8000, 'Tokens per trajectory (paper B: 8000, Qwen2-7B 6000)'),
  prompts: s2rPrompts,
  klWeight: kl(
    0.01,
    'KL to the starting model over the trained tokens (paper B: 0.1, Qwen2.5-Math 0.01); 0: off',
  ),
});

const s2rOnline = {
  ...common,
  learningRate: learningRate(5e-7, 'Paper B: 5e-7'),
  batchSize: batch(64, 'Rollouts per optimiser step, over all processes (paper B: 64)'),
  maxSteps: optimiserSteps(500, 'Optimiser steps (paper B: 500); null: by epochs'),
  epochs: epochs(1, 'Passes over the problems when maxSteps is null'),
  scheduler: scheduler('linear', 'Released code: linear warm-up, then linear decay'),
  warmupSteps: warmupSteps(5),
  maxLength: length(8000, 'Tokens of prompt and response (paper B: 8000, Qwen2-7B 6000)'),
  prompts: s2rPrompts,
  rollouts: rollouts({ perProblem: 4, problems: 64, temperature: 0.7, maxPrompt: 1024, maxNew: 6976 }),
  clip: policyClip,
  klWeight: kl(0.05, 'β of the KL in the advantage (paper B: 0.05, Qwen2.5-Math 0.01)'),
};

const processLevel = {
  ratio: z
    .enum(['action', 'token'])
    .default('action')
    .describe('action: mean log-probability ratio of each action (our choice); token: one ratio per token'),
  bonus: z
    .boolean()
    .default(false)
    .describe("The released code's doubled advantages; the paper does not mention them"),
  minGroup: z
    .int()
    .min(1)
    .default(1)
    .describe('Smaller groups of actions have the baseline 0 (paper: every group; released code: 10)'),
};

/** Outcome-level reinforcement learning of S2R: RLOO (spec B6.2). */
const orl = z.strictObject({ ...s2rOnline, method: z.literal('orl') });
/** Process-level reinforcement learning of S2R: advantages per action (spec B6.3). */
const prl = z.strictObject({ ...s2rOnline, ...processLevel, method: z.literal('prl') });

const s2rOffline = {
  ...common,
  learningRate: learningRate(5e-7, 'Paper B: 5e-7 (released script: 1e-6)'),
  batchSize: batch(64, 'Stored rollouts per optimiser step, over all processes (paper B: 64)'),
  epochs: epochs(1, 'Passes over the rollouts (released script: 1)'),
  scheduler: scheduler('linear', 'As online'),
  warmupSteps: warmupSteps(5),
  maxLength: length(8192, 'Tokens of prompt and response (paper B: 8192)'),
  prompts: s2rPrompts,
  clip: policyClip,
  klWeight: kl(0.1, 'β of the KL to the sampling policy (paper B: 0.1; released script: 0.15)'),
  ...offline,
};

/** Outcome level on stored rollouts (spec B7). */
const orlOffline = z.strictObject({ ...s2rOffline, method: z.literal('orlOffline') });
/** Process level on stored rollouts (spec B7). */
const prlOffline = z.strictObject({
  ...s2rOffline,
  ratio: processLevel.ratio,
  bonus: processLevel.bonus,
  method: z.literal('prlOffline'),
});

export const trainConfigSchema = z.discriminatedUnion('method', [
  scft,
  selfDistill,
  sft,
  rlerr,
  bi,
  orl,
  prl,
  orlOffline,
  prlOffline,
]);
export type TrainConfig = z.infer<typeof trainConfigSchema>;
/** As written by a person or a recipe: defaults may be left out. */
export type TrainConfigInput = z.input<typeof trainConfigSchema>;
export type TrainMethod = TrainConfig['method'];

export const TRAIN_METHODS: readonly TrainMethod[] = trainConfigSchema.options.map(
  (option) => option.shape.method.value,
);

/** Names of a method's fields; the common ones where the method is not known. */
export function trainConfigFields(method: unknown): readonly string[] {
  const option = trainConfigSchema.options.find((candidate) => candidate.shape.method.value === method);
  return Object.keys((option ?? scft).shape);
}

/** The part about rollouts, where the method makes any. */
export function rolloutsOf(
  config: TrainConfig,
): Extract<TrainConfig, { method: 'rlerr' }>['rollouts'] | null {
  return 'rollouts' in config ? config.rollouts : null;
}
