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
  /** Where it runs, for a person; a test holds both against the trainer's estimate. */
  readonly where: string;
  readonly whereLora: string;
  /** GPUs that share one vLLM engine: its copy of the weights must fit into its share of their memory. */
  readonly tensorParallel: number;
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
    whereLora: 'on a CPU',
    tensorParallel: 1,
    full: { microBatchSize: 32, precision: 'float32', heartbeatSeconds: 2 },
    lora: { microBatchSize: 32, precision: 'float32', heartbeatSeconds: 2, lora: adapter },
  },
  {
    id: '1.5b',
    label: '1.5B',
    where: 'on one GPU of 80 GB',
    whereLora: 'on one GPU of 80 GB',
    tensorParallel: 1,
    full: { ...gpu, microBatchSize: 2 },
    lora: { ...gpu, microBatchSize: 4, lora: adapter },
  },
  {
    id: '7b',
    label: '7B',
    where: 'on 4 GPUs of 80 GB',
    whereLora: 'on one GPU of 80 GB',
    tensorParallel: 1,
    full: { ...gpu, microBatchSize: 1, sharding: 'zero3', worldSize: 4 },
    lora: { ...gpu, microBatchSize: 1, lora: adapter },
  },
  {
    id: '14b',
    label: '14B',
    where: 'on 16 GPUs of 80 GB',
    whereLora: 'on 2 GPUs of 80 GB',
    tensorParallel: 2,
    full: { ...gpu, microBatchSize: 1, sharding: 'zero3', worldSize: 16 },
    lora: { ...gpu, microBatchSize: 1, lora: adapter, sharding: 'zero3', worldSize: 2 },
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
