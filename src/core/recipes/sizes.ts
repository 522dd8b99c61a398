/** What the size of a model decides: memory and hardware, never the method. All of it is our choice. */
import type { RecipeConfig } from './recipe.ts';

type Hardware = Pick<
  RecipeConfig,
  | 'microBatchSize'
  | 'precision'
  | 'gradientCheckpointing'
  | 'sharding'
  | 'worldSize'
  | 'lora'
  | 'heartbeatSeconds'
>;

export interface Size {
  /** As in the recipe's name. */
  readonly id: 'nano' | '1.5b' | '7b' | '14b';
  readonly label: string;
  /** Where it runs, for a person. */
  readonly where: string;
  readonly full: Hardware;
  /** With low-rank adapters: frozen weights in bfloat16, no gradients and moments for them. */
  readonly lora: Hardware;
}

const gpu = { precision: 'bfloat16', gradientCheckpointing: true } as const;
const adapter = { rank: 16, alpha: 32 };

export const SIZES: readonly Size[] = [
  {
    id: 'nano',
    label: 'embedded model',
    where: 'on a CPU',
    full: { microBatchSize: 32, precision: 'float32', heartbeatSeconds: 2 },
    lora: { microBatchSize: 32, precision: 'float32', heartbeatSeconds: 2, lora: adapter },
  },
  {
    id: '1.5b',
    label: '1.5B',
    where: 'on one GPU of 80 GB',
    full: { ...gpu, microBatchSize: 2 },
    lora: { ...gpu, microBatchSize: 4, lora: adapter },
  },
  {
    id: '7b',
    label: '7B',
    where: 'on 4 GPUs of 80 GB',
    full: { ...gpu, microBatchSize: 1, sharding: 'zero3', worldSize: 4 },
    lora: { ...gpu, microBatchSize: 1, lora: adapter },
  },
  {
    id: '14b',
    label: '14B',
    where: 'on 8 GPUs of 80 GB',
    full: { ...gpu, microBatchSize: 1, sharding: 'zero3', worldSize: 8 },
    lora: { ...gpu, microBatchSize: 1, lora: adapter },
  },
];

/** Fields of a size, for the list of what is ours. */
export const HARDWARE_FIELDS = [
  'microBatchSize',
  'precision',
  'gradientCheckpointing',
  'sharding',
  'worldSize',
  'lora',
] as const;
