/** One row of `models` in `reflection.json`: which engine runs a model, and where it is. */
import { z } from 'zod';

const name = z.string().min(1).describe('Name shown to people and used on the command line');

export const gpuChoiceSchema = z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']);
export type GpuChoice = z.infer<typeof gpuChoiceSchema>;

const adapterSchema = z.strictObject({
  path: z.string().min(1).describe('GGUF file of a LoRA adapter made for this model'),
  scale: z.number().default(1).describe('Strength: 1 is as trained, 0 is none'),
});
export type Adapter = z.infer<typeof adapterSchema>;

/** A GGUF file run by llama.cpp in child processes of our own. */
export const llamaModelSchema = z.strictObject({
  name,
  engine: z.literal('llama'),
  path: z.string().min(1).describe('GGUF file'),
  gpu: gpuChoiceSchema.default('auto').describe('What was really used is recorded in the run'),
  processes: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Child processes; by default chosen from the machine'),
  slots: z.int().min(1).max(256).optional().describe('Samples generated side by side in each process'),
  contextTokens: z
    .int()
    .min(8)
    .optional()
    .describe('Prompt and answer together; never more than the model was trained on or memory allows'),
  lora: z
    .array(adapterSchema)
    .min(1)
    .refine(
      (adapters) => new Set(adapters.map(({ path }) => path)).size === adapters.length,
      'an adapter is named twice',
    )
    .optional()
    .describe('LoRA adapters put on the model, all at once'),
});
export type LlamaModelConfig = z.infer<typeof llamaModelSchema>;

/** What stands in an address would be written into every run. */
function hasCredentials(url: string): boolean {
  return /^[a-z]+:\/\/[^/]*@/i.test(url);
}

/** A model behind an OpenAI-compatible server: vLLM, llama-server, `transformers serve`, hosted services. */
export const openaiModelSchema = z.strictObject({
  name,
  engine: z.literal('openai'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(
      (url) => !hasCredentials(url),
      'name the variable of the key in apiKeyEnv, and no key or password here',
    )
    .describe('Such as http://127.0.0.1:8000/v1'),
  model: z.string().min(1).describe('Model id as the server knows it'),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .optional()
    .describe('Environment variable that holds the key; the key itself is never written down'),
  concurrency: z.int().min(1).max(1024).default(8).describe('Requests in flight'),
  choices: z
    .int()
    .min(1)
    .max(128)
    .default(1)
    .describe(
      'Samples of one problem asked for in one request (n): cheaper where the prompt is paid for, ' +
        'but they share a seed. A server that gives fewer is asked one by one',
    ),
  retries: z
    .int()
    .min(0)
    .max(20)
    .default(5)
    .describe('Further attempts after 429, 5xx and lost connections, with growing pauses'),
});
export type OpenaiModelConfig = z.infer<typeof openaiModelSchema>;

export const modelConfigSchema = z.discriminatedUnion('engine', [llamaModelSchema, openaiModelSchema]);
export type ModelConfig = z.infer<typeof modelConfigSchema>;
/** As written by a person: defaults may be left out. */
export type ModelConfigInput = z.input<typeof modelConfigSchema>;
