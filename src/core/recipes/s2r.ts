/** S2R of paper B: behaviour initialisation, online and offline reinforcement learning (spec B4, B6, B7). */
import { nanoPrompts } from '../prompts/presets.ts';
import type { MethodRecipe } from './methods.ts';
import { trainingPrompts } from './trainingPrompts.ts';

/** Greedy, as paper B evaluates (spec B8). */
const evaluation = { temperature: 0, maxTokens: 8000 } as const;
const nanoShared = {
  maxLength: 768,
  prompts: trainingPrompts(nanoPrompts),
  evaluation: { maxTokens: 400 },
} as const;
const loraRates = { nano: 4e-4, other: 5e-6 };

export const bi: MethodRecipe = {
  id: 'bi',
  label: 'S2R BI',
  about: 'Behaviour initialisation: verifications, the last solve and the end are trained',
  ours: ['saveEverySteps'],
  loraRates: { nano: 2e-3, other: 5e-5 },
  paper: {
    method: 'bi',
    learningRate: 5e-6,
    batchSize: 32,
    epochs: 3,
    klWeight: 0.01,
    maxLength: 8000,
    scheduler: 'cosine',
    warmupSteps: 5,
    minLearningRateRatio: 0.1,
    saveEverySteps: 50,
    evaluation,
  },
  nano: { method: 'bi', learningRate: 5e-4, batchSize: 32, epochs: 3, klWeight: 0.01, ...nanoShared },
};

const online = {
  learningRate: 5e-7,
  batchSize: 64,
  maxSteps: 500,
  scheduler: 'linear',
  warmupSteps: 5,
  maxLength: 8000,
  rollouts: {
    perProblem: 4,
    problems: 64,
    temperature: 0.7,
    topP: 1,
    maxPromptTokens: 1024,
    maxTokens: 6976,
    vllm: { mode: 'colocate' },
  },
  clip: 0.2,
  saveEverySteps: 20,
  evaluation,
} as const;

const nanoOnline = {
  learningRate: 1e-4,
  batchSize: 64,
  maxSteps: 45,
  warmupSteps: 0,
  scheduler: 'constant',
  rollouts: { perProblem: 4, problems: 16, temperature: 1, topP: 1, maxPromptTokens: 256, maxTokens: 400 },
  clip: 0.2,
  klWeight: 0.01,
  saveEverySteps: 15,
  ...nanoShared,
} as const;

const onlineOurs = ['rollouts.vllm', 'rollouts.maxPromptTokens', 'saveEverySteps'];

export const orl: MethodRecipe = {
  id: 'orl',
  label: 'S2R ORL',
  about: 'Outcome-level reinforcement learning: RLOO on the last solve, from a BI checkpoint',
  ours: onlineOurs,
  loraRates,
  paper: { method: 'orl', ...online, klWeight: 0.05 },
  nano: { method: 'orl', ...nanoOnline },
};

export const prl: MethodRecipe = {
  id: 'prl',
  label: 'S2R PRL',
  about: 'Process-level reinforcement learning: an advantage per action, from a BI checkpoint',
  ours: [...onlineOurs, 'ratio'],
  loraRates,
  paper: { method: 'prl', ...online, klWeight: 0.05, ratio: 'action' },
  nano: { method: 'prl', ...nanoOnline, ratio: 'action' },
};

const offline = {
  learningRate: 5e-7,
  batchSize: 64,
  epochs: 1,
  scheduler: 'linear',
  warmupSteps: 5,
  maxLength: 8192,
  klWeight: 0.1,
  clip: 0.2,
  minAccuracy: 0.1,
  maxAccuracy: 0.7,
  baseline: 'position',
  evaluation,
} as const;

const nanoOffline = {
  learningRate: 1e-4,
  batchSize: 64,
  epochs: 2,
  scheduler: 'linear',
  warmupSteps: 5,
  klWeight: 0.1,
  ...nanoShared,
} as const;

export const orlOffline: MethodRecipe = {
  id: 'orl-offline',
  label: 'S2R ORL, offline',
  about: 'Outcome level on stored rollouts with their log-probabilities',
  ours: [],
  loraRates,
  paper: { method: 'orlOffline', ...offline },
  nano: { method: 'orlOffline', ...nanoOffline },
};

export const prlOffline: MethodRecipe = {
  id: 'prl-offline',
  label: 'S2R PRL, offline',
  about: 'Process level on stored rollouts with their log-probabilities',
  ours: ['ratio'],
  loraRates,
  paper: { method: 'prlOffline', ...offline, ratio: 'action' },
  nano: { method: 'prlOffline', ...nanoOffline, ratio: 'action' },
};
