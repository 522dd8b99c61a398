/** Self-Critique Fine-Tuning at the sizes of paper A (spec A3), and for the embedded model. */
import type { Recipe } from './recipe.ts';

export const scftNano: Recipe = {
  id: 'scft-nano',
  label: 'SCFT, embedded model',
  about: 'Self-critique fine-tuning of the embedded model on a CPU: about a minute for 450 records.',
  // Chosen on the embedded model's development problems; the paper trains models a thousand times its size.
  ours: ['epochs', 'batchSize', 'learningRate', 'scheduler', 'warmupRatio', 'maxLength'],
  config: {
    method: 'scft',
    epochs: 2,
    batchSize: 32,
    microBatchSize: 32,
    learningRate: 5e-4,
    scheduler: 'cosine',
    warmupRatio: 0.1,
    maxLength: 768,
    precision: 'float32',
    heartbeatSeconds: 2,
  },
};

/** Learning rate, epochs and batch size are the paper's; the rest is not stated there. */
const paper = {
  method: 'scft',
  epochs: 10,
  batchSize: 64,
  learningRate: 1e-5,
  scheduler: 'cosine',
  warmupRatio: 0.1,
  maxLength: 32768,
  precision: 'bfloat16',
  gradientCheckpointing: true,
} as const;
const oursAtScale = ['scheduler', 'warmupRatio', 'maxLength', 'precision', 'gradientCheckpointing'] as const;

export const scft15b: Recipe = {
  id: 'scft-1.5b',
  label: 'SCFT, 1.5B',
  about: 'Self-critique fine-tuning with the hyper-parameters of paper A for 1.5B models on a GPU.',
  ours: oursAtScale,
  config: { ...paper, microBatchSize: 2 },
};

export const scft7b: Recipe = {
  id: 'scft-7b',
  label: 'SCFT, 7B',
  about: 'Self-critique fine-tuning with the hyper-parameters of paper A for 7B models on 80 GB GPUs.',
  ours: oursAtScale,
  config: { ...paper, microBatchSize: 1 },
};
