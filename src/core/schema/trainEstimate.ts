/** What `python -m reflection_trainer --estimate` prints. Sizes are in bytes. */
import { z } from 'zod';

const bytes = z.number().min(0);

export const trainEstimateSchema = z.looseObject({
  parameters: z.int(),
  trainedParameters: z.int(),
  processes: z.int(),
  precision: z.string(),
  steps: z.int(),
  records: z.int(),
  /** Records too long for the model or for the configuration. */
  dropped: z.int(),
  /** Tokens of the longest record, or of the longest rollout with its prompt. */
  longest: z.int(),
  /** Tokens trained on in the whole run. */
  tokens: z.int(),
  /** Rollouts may end earlier. */
  tokensAreLimit: z.boolean(),
  /** Of one process. */
  memory: z.object({
    weights: bytes,
    gradients: bytes,
    optimiser: bytes,
    reference: bytes,
    casts: bytes,
    activations: bytes,
    head: bytes,
    cache: bytes,
    total: bytes,
  }),
  disk: z.object({ checkpoint: bytes, kept: bytes }),
  available: z.object({ memory: bytes, device: z.string(), disk: bytes }),
  warnings: z.array(z.string()),
  /** What to change when it does not fit. */
  advice: z.array(z.string()),
});
export type TrainEstimate = z.infer<typeof trainEstimateSchema>;
