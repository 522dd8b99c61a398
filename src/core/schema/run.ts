/** `run.json`: the manifest of a run directory, written once. */
import { z } from 'zod';
import { runKindSchema } from './common.ts';

/** Every sampling parameter, explicit: engines have hidden defaults. */
export const samplingSchema = z.object({
  /** 0 = greedy. */
  temperature: z.number().min(0).max(100),
  /** 1 = off. */
  topP: z.number().gt(0).max(1),
  /** 0 = off. */
  topK: z.int().min(0),
  /** 0 = off. */
  minP: z.number().min(0).max(1),
  /** New tokens at most. */
  maxTokens: z.int().min(1),
});
export type SamplingOptions = z.infer<typeof samplingSchema>;

/** Prompt templates with the placeholders {problem} and {solution}. */
export const promptsSchema = z.object({
  system: z.string().nullable(),
  /** Generator mode. */
  solve: z.string(),
  /** Critic mode when sampling critiques (template t of spec A2). */
  critique: z.string(),
  /** Critic mode in training records and when a trained critic is evaluated (spec A2). */
  critiqueTraining: z.string(),
  /** Verifications of S2R (spec B3), with {answer} too; absent: our wording of the paper's. */
  verifyConfirmative: z.string().optional(),
  verifyProblemSolving: z.string().optional(),
  /** Rewriting a verification as a self-check, with {verification}; absent: our wording of the paper's. */
  refineVerification: z.string().optional(),
  /** What stands in {solution}: the whole text without think tags, or the last attempt only. */
  solutionSlot: z.enum(['whole', 'last-attempt']),
});
export type Prompts = z.infer<typeof promptsSchema>;

/** The model as asked for and as found. */
export const modelIdentitySchema = z.object({
  /** Name shown to people, such as `nano` or `scft-nano@step-28`. */
  name: z.string().min(1),
  engine: z.enum(['llama', 'openai']),
  /** Absolute file for llama.cpp, served model id for a server. */
  path: z.string(),
  baseUrl: z.string().optional(),
  /** The model behind the served id, where the server tells it. */
  reported: z.string().optional(),
  /** SHA-256 of the model file; absent for a served model. */
  sha256: z.string().optional(),
  /** LoRA adapters on the model. */
  lora: z.array(z.object({ path: z.string(), sha256: z.string(), scale: z.number() })).optional(),
  /** SHA-256 of the chat template used. */
  templateSha256: z.string().optional(),
});
export type ModelIdentity = z.infer<typeof modelIdentitySchema>;

/** What the engine really used. */
export const engineFactsSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** `cpu`, or the names of the GPUs used. */
  device: z.string(),
  /** What ran the model: `cpu`, `cuda`, `vulkan`, `metal`; absent where a server decides. */
  backend: z.string().optional(),
  /** Layers of the model that were on GPUs, and all of them; absent without a GPU. */
  gpuLayers: z.object({ used: z.int().min(0), of: z.int().min(0) }).optional(),
  processes: z.int().min(0),
  /** Why so many processes and threads: the user's settings, a rule, or a measurement on this machine. */
  layout: z
    .object({
      by: z.enum(['settings', 'rule', 'probe']),
      /** What the measurement tried, with tokens per second. */
      tried: z
        .array(
          z.object({
            processes: z.int().min(1),
            threads: z.int().min(1),
            tokensPerSecond: z.number().min(0),
          }),
        )
        .optional(),
    })
    .optional(),
  /** Per process. */
  threads: z.int().min(0),
  /** Samples side by side, per process; requests in flight for a server. */
  slots: z.int().min(0),
  /** Prompt and answer together, in tokens; absent where a server decides. */
  contextTokens: z.int().min(0).optional(),
  /** Type of most weights, in the words of the GGUF file: `F16`, `Q8_0`. Absent where a server or the file does not say. */
  dtype: z.string().optional(),
});
export type EngineFacts = z.infer<typeof engineFactsSchema>;

export const problemSetIdentitySchema = z.object({
  name: z.string(),
  path: z.string().nullable(),
  /** Hash of ids, statements and golds in order: the same set under another file name is the same set. */
  sha256: z.string(),
  count: z.int().min(0),
});
export type ProblemSetIdentity = z.infer<typeof problemSetIdentitySchema>;

/**
 * When sampling of a problem stops. `fixed`: after n solutions. `settled`: as soon as it is known, at this level, whether
 * the model solves it more often than `threshold`; n is then only the most that is taken.
 */
export const stoppingSchema = z.discriminatedUnion('rule', [
  z.object({ rule: z.literal('fixed') }),
  z.object({
    rule: z.literal('settled'),
    threshold: z.number().gt(0).lt(1),
    level: z.number().gt(0).lt(1),
    /** Solutions of a problem before it is looked at, and between looks. */
    batch: z.int().min(1),
  }),
]);
export type Stopping = z.infer<typeof stoppingSchema>;

/** A run or dataset that this run was made from. */
export const parentSchema = z.object({
  kind: z.enum(['run', 'dataset', 'checkpoint']),
  /** Run directory name, or file path. */
  id: z.string(),
  /** `solutions`, `critiques`, `model`, `data`, ... */
  role: z.string(),
});
export type Parent = z.infer<typeof parentSchema>;

export const runManifestSchema = z.object({
  schemaVersion: z.int().min(1),
  /** Name of the directory. */
  id: z.string().min(1),
  kind: runKindSchema,
  /** What a person calls it. */
  title: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
  seed: z.int().min(0),
  /** Samples per problem (evaluate, sample) or per solution (critique). */
  n: z.int().min(0),
  /** Absent: `fixed`. */
  stopping: stoppingSchema.optional(),
  /** Sample only: critiques per solution. */
  critiques: z.int().min(0).optional(),
  model: modelIdentitySchema.optional(),
  engine: engineFactsSchema.optional(),
  sampling: samplingSchema.optional(),
  /** Sample only: options of the critiques, where they differ. */
  critiqueSampling: samplingSchema.optional(),
  prompts: promptsSchema.optional(),
  problemSet: problemSetIdentitySchema.optional(),
  /** The model was trained on these of the problems: the leakage guard. Absent: on none, as far as is known. */
  leakage: z.object({ leaked: z.array(z.string()), total: z.int().min(0) }).optional(),
  grader: z.object({ version: z.string(), policy: z.string() }).optional(),
  /** Sample and train: further configuration, such as the mix or the recipe. */
  options: z.record(z.string(), z.unknown()),
  parents: z.array(parentSchema),
  host: z.object({ name: z.string(), platform: z.string(), cpus: z.int(), memoryBytes: z.number() }),
  workbench: z.object({ version: z.string(), commit: z.string().nullable() }),
  commandLine: z.array(z.string()),
});
export type RunManifest = z.infer<typeof runManifestSchema>;

/** What is recorded about an arm of a comparison: of a run everything, of a results file what the file says. */
export type RecordedRun = Pick<RunManifest, 'id' | 'kind' | 'title' | 'n' | 'parents'> &
  Partial<RunManifest> & {
    /** Another program wrote it: how its samples were made is not recorded. */
    readonly resultsFile?: { readonly path: string; readonly sha256: string };
  };
