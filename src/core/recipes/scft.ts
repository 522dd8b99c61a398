/** Fine-tuning of paper A: SCFT, its baseline Self-Distill, and plain SFT (spec A2, A3). */
import { nanoPrompts } from '../prompts/presets.ts';
import type { MethodRecipe } from './methods.ts';
import { trainingPrompts } from './trainingPrompts.ts';

/** Learning rate, epochs and batch size are the paper's; the rest is not stated there. */
const paper = {
  epochs: 10,
  batchSize: 64,
  learningRate: 1e-5,
  scheduler: 'cosine',
  warmupRatio: 0.1,
  maxLength: 32_768,
  saveEverySteps: 25,
  evaluation: { temperature: 0.6, topP: 0.95, maxTokens: 32_768 },
} as const;

/** Chosen on the embedded model's development problems; the paper trains models a thousand times its size. */
const nano = {
  epochs: 2,
  batchSize: 32,
  learningRate: 5e-4,
  scheduler: 'cosine',
  warmupRatio: 0.1,
  maxLength: 768,
  prompts: trainingPrompts(nanoPrompts),
  evaluation: { maxTokens: 400 },
} as const;

const ours = ['scheduler', 'warmupRatio', 'maxLength', 'saveEverySteps', 'evaluation.topP'];
/** The hyper-parameters of the critiques, for another target. */
const loraRates = { nano: 2e-3, other: 1e-4 };

export const scft: MethodRecipe = {
  id: 'scft',
  label: 'SCFT',
  about: 'Self-critique fine-tuning: the loss is on the critique only',
  ours,
  loraRates,
  paper: { method: 'scft', ...paper },
  nano: { method: 'scft', ...nano },
};

export const selfDistill: MethodRecipe = {
  id: 'self-distill',
  label: 'Self-Distill',
  about: "The baseline of SCFT: as many of the model's own right solutions, trained like critiques",
  ours,
  loraRates,
  paper: { method: 'selfDistill', ...paper },
  nano: { method: 'selfDistill', ...nano },
};

export const sft: MethodRecipe = {
  id: 'sft',
  label: 'SFT',
  about: 'Plain supervised fine-tuning on given solutions, with the hyper-parameters of SCFT',
  ours: [...ours, 'learningRate', 'epochs', 'batchSize'],
  loraRates,
  paper: { method: 'sft', ...paper },
  nano: { method: 'sft', ...nano },
};
