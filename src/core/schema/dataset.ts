/**
 * What rejection sampling writes: one record a line, and `.meta.json` beside it. Four kinds: SCFT and its Self-Distill
 * baseline (spec A2), S2R behaviour initialisation (spec B3), S2R offline RL (spec B7).
 */
import { z } from 'zod';
import { verdictSchema } from './common.ts';

export const datasetKindSchema = z.enum(['scft', 'self-distill', 's2r', 'offline']);
export type DatasetKind = z.infer<typeof datasetKindSchema>;

const binary = z.union([z.literal(0), z.literal(1)]);

/** Who made a text. */
const sourceSchema = z.object({
  run: z.string(),
  model: z.string(),
  /** Null for a served model. */
  modelSha256: z.string().nullable(),
});

/** The critic, where it is another model than the one that solved: R1-Critique, or a stronger verifier of S2R. */
const criticSchema = z.object({ model: z.string(), modelSha256: z.string().nullable() });

/** An accepted record passed the optional filters by a person's decision. */
const reviewMarkSchema = z.enum(['accept', 'none']);

/** How the trainer asks: one user turn, after the system prompt where there is one, in the model's own chat template. */
const askedSchema = z.object({
  prompt: z.string(),
  system: z.string().nullable(),
});

export const scftRecordSchema = z.object({
  id: z.string(),
  /** Question. */
  q: z.string(),
  gold: z.string(),
  /** Solution as it stands in the critique prompt's slot. */
  y: z.string(),
  yAnswer: z.string().nullable(),
  yCorrect: binary,
  /** Critique: the training target. */
  c: z.string(),
  cAnswer: z.string().nullable(),
  cCorrect: z.literal(1),
  type: z.enum(['i2c', 'c2c']),
  /** The training prompt with q and y filled in. */
  ...askedSchema.shape,
  tokensY: z.int(),
  tokensC: z.int(),
  gen: z.object({
    ...sourceSchema.shape,
    solutionId: z.string(),
    critiqueId: z.string(),
    seed: z.int(),
    critic: criticSchema.optional(),
  }),
  review: reviewMarkSchema,
});
export type ScftRecord = z.infer<typeof scftRecordSchema>;

/** Self-Distill (spec A2): a right solution of the model itself, for ordinary SFT. The target is `y` as generated. */
export const selfDistillRecordSchema = z.object({
  kind: z.literal('self-distill'),
  id: z.string(),
  q: z.string(),
  gold: z.string(),
  /** The solution with its think tags: the training target. */
  y: z.string(),
  yAnswer: z.string().nullable(),
  yCorrect: z.literal(1),
  ...askedSchema.shape,
  tokensY: z.int(),
  gen: z.object({ ...sourceSchema.shape, solutionId: z.string(), seed: z.int() }),
});
export type SelfDistillRecord = z.infer<typeof selfDistillRecordSchema>;

/**
 * One action of a trajectory y = (s1, v1, ..., sK, vK) (spec B1). `marker` and `text` of all actions, joined in order,
 * are the trajectory's text exactly: loss masks and action borders need no search for markers.
 */
const actionSchema = z.object({
  type: z.enum(['solve', 'verify']),
  /** What announces the action, white space included: empty for the first solve, then those of spec B2 in turn. */
  marker: z.string(),
  text: z.string(),
  /** Of a solve: its answer; of a verification: the answer that it judges. */
  answer: z.string().nullable(),
  /** Of a solve: the answer is right; of a verification: its verdict agrees with the truth. */
  correct: z.boolean(),
  /** What a verification claims; null for a solve. */
  verdict: verdictSchema.exclude(['none']).nullable(),
});
export type ActionRecord = z.infer<typeof actionSchema>;

/**
 * S2R behaviour initialisation (spec B3). The target is `answer`, then the tokenizer's end of turn. The loss mask of
 * spec B4 leaves out the text of every solve but the last.
 */
export const s2rRecordSchema = z.object({
  kind: z.literal('s2r'),
  id: z.string(),
  problemId: z.string(),
  q: z.string(),
  gold: z.string(),
  ...askedSchema.shape,
  /** The trajectory (spec B2), without the end-of-turn token. */
  answer: z.string(),
  /** K: number of solves. */
  trials: z.int().min(1),
  /** Alternating, solve first, the last solve right; answers are distinct. */
  actions: z.array(actionSchema).min(2),
  /** W: sampled solutions of this problem whose answer is wrong. */
  wrong: z.int().min(0),
  /** Sampled solutions of this problem that could be graded. */
  samples: z.int().min(1),
  gen: z.object({
    ...sourceSchema.shape,
    critic: criticSchema.optional(),
    /** In the order of the trajectory. */
    solutionIds: z.array(z.string()),
    critiqueIds: z.array(z.string()),
  }),
  review: reviewMarkSchema,
});
export type S2rRecord = z.infer<typeof s2rRecordSchema>;

/** An action of a rollout, with its reward (spec B6.1) and what baselines are grouped by (spec B7). */
const rolloutActionSchema = actionSchema.extend({
  /** The verdict was not written but taken from what the text does next (spec B5.4). */
  implicit: z.boolean(),
  reward: z.union([z.literal(1), z.literal(-1)]),
  /** Rewards of the earlier actions, such as `R-V+`. */
  context: z.string(),
  /** Range [from, to) in `tokens` of the action with its marker; a token belongs to the action in which it begins. */
  tokenSpan: z.tuple([z.int().min(0), z.int().min(0)]),
});
export type RolloutAction = z.infer<typeof rolloutActionSchema>;

/** Offline RL (spec B7): a rollout, truncated by the rules, with the log-probabilities under the policy that sampled it. */
export const offlineRecordSchema = z.object({
  kind: z.literal('offline'),
  id: z.string(),
  problemId: z.string(),
  q: z.string(),
  gold: z.string(),
  level: z.union([z.int(), z.string()]).nullable(),
  ...askedSchema.shape,
  /** Share of right rollouts of this problem, as a fraction: the accuracy bin is `[correct, samples]`. */
  accuracy: z.number().min(0).max(1),
  bin: z.tuple([z.int().min(0), z.int().min(1)]),
  /** The trajectory that is trained on: `rawText` up to the cut. */
  answer: z.string(),
  /** As sampled. */
  rawText: z.string(),
  isTruncated: z.boolean(),
  /** `rawText` ended by itself and nothing was cut: the end-of-turn token follows `answer`. */
  ended: z.boolean(),
  actions: z.array(rolloutActionSchema).min(2),
  /** Outcome reward: that of the last solve that is kept. */
  outcome: z.union([z.literal(1), z.literal(-1)]),
  /**
   * The tokens of `answer`, and the end-of-turn token after them where `hasEnd` (its text is empty). A token that
   * reaches beyond the cut is left out.
   */
  tokens: z.object({
    /** In the vocabulary of the sampling model; null where a server tells texts only. */
    ids: z.array(z.int()).nullable(),
    texts: z.array(z.string()),
    /** Natural logarithms, one for each token. */
    logprobs: z.array(z.number()),
    /**
     * `policy`: of the distribution that was drawn from, after temperature, topP, topK and minP. `model`: of the
     * model's own, at temperature 1. `unknown`: of one of the two, the server does not say which.
     */
    of: z.enum(['policy', 'model', 'unknown']),
    hasEnd: z.boolean(),
  }),
  gen: z.object({
    ...sourceSchema.shape,
    solutionId: z.string(),
    seed: z.int(),
    /** With which it was sampled. */
    temperature: z.number(),
    topP: z.number(),
  }),
});
export type OfflineRecord = z.infer<typeof offlineRecordSchema>;

/** A stage of the rejection-sampling funnel: how many came in, how many it dropped. */
export const funnelStageSchema = z.object({ filter: z.string(), entered: z.int(), dropped: z.int() });
export type FunnelStage = z.infer<typeof funnelStageSchema>;

/** Tokens over the records, of what is trained on; for S2R as generated, before verifications were cut to their verdict. */
const lengthsSchema = z.object({ min: z.int(), median: z.number(), mean: z.number(), max: z.int() });
export type Lengths = z.infer<typeof lengthsSchema>;

const metaSchema = z.object({
  schemaVersion: z.literal(1),
  createdAt: z.string(),
  records: z.int(),
  /** Asked for. */
  size: z.int().nullable(),
  /** Why there are fewer records than asked for; null when the size was met. */
  shortfall: z.string().nullable(),
  /** Null for a dataset without a record; absent in files of older versions. */
  lengths: lengthsSchema.nullable().optional(),
  /** By which grader its answers are right and wrong: as in the manifest of the run. */
  grader: z.object({ version: z.string(), policy: z.string() }).optional(),
  /** The problem set that nothing in here repeats; absent: none was given. */
  heldOut: z.object({ name: z.string(), sha256: z.string() }).optional(),
  funnel: z.array(funnelStageSchema),
  reviews: z.object({ accepted: z.int(), rejected: z.int() }),
  sha256: z.string(),
  /** SHA-256 of each problem statement in the set: travels to the checkpoint for the leakage guard. */
  problemHashes: z.array(z.string()),
  parents: z.array(z.object({ kind: z.string(), id: z.string(), role: z.string() })),
});

export const scftMetaSchema = metaSchema.extend({
  kind: z.literal('scft'),
  i2c: z.int(),
  c2c: z.int(),
  /** Asked for. */
  mix: z.tuple([z.number(), z.number()]),
});
export const selfDistillMetaSchema = metaSchema.extend({ kind: z.literal('self-distill') });
export const s2rMetaSchema = metaSchema.extend({
  kind: z.literal('s2r'),
  /** Records by K, from 1 to 4. */
  trials: z.tuple([z.int(), z.int(), z.int(), z.int()]),
  style: z.enum(['confirmative', 'problem-solving']),
});
export const offlineMetaSchema = metaSchema.extend({
  kind: z.literal('offline'),
  /** Problems with an accuracy outside are left out. */
  accuracy: z.tuple([z.number(), z.number()]),
  /** Rollouts of one problem. */
  rollouts: z.int(),
  /** Records without a right solve. */
  negatives: z.int(),
  /** By accuracy bin, such as `3/8`. */
  bins: z.record(z.string(), z.int()),
});
export const datasetMetaSchema = z.discriminatedUnion('kind', [
  scftMetaSchema,
  selfDistillMetaSchema,
  s2rMetaSchema,
  offlineMetaSchema,
]);
export type DatasetMeta = z.infer<typeof datasetMetaSchema>;
