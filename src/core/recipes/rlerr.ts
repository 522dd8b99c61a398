/** RLERR of paper A and the ablations that show what each reward does (spec A4). */
import { nanoPrompts } from '../prompts/presets.ts';
import type { MethodRecipe } from './methods.ts';
import type { RecipeConfig } from './recipe.ts';
import { trainingPrompts } from './trainingPrompts.ts';

type Rlerr = Extract<RecipeConfig, { method: 'rlerr' }>;

const paper: Rlerr = {
  method: 'rlerr',
  learningRate: 1e-6,
  batchSize: 512,
  maxSteps: 200,
  scheduler: 'constant',
  maxLength: 17_408,
  rollouts: {
    perProblem: 8,
    problems: 64,
    temperature: 1,
    topP: 1,
    maxPromptTokens: 1024,
    maxTokens: 16_384,
    vllm: { mode: 'colocate' },
  },
  saveEverySteps: 20,
  evaluation: { temperature: 0.6, topP: 0.95, maxTokens: 32_768 },
};

/** Chosen on the embedded model's development problems. */
const nano: Rlerr = {
  method: 'rlerr',
  learningRate: 1e-4,
  batchSize: 64,
  maxSteps: 45,
  scheduler: 'constant',
  maxLength: 768,
  prompts: trainingPrompts(nanoPrompts),
  rollouts: { perProblem: 8, problems: 8, temperature: 1, topP: 1, maxPromptTokens: 256, maxTokens: 400 },
  saveEverySteps: 15,
  evaluation: { maxTokens: 400 },
};

const ours = [
  'maxSteps',
  'scheduler',
  'rollouts.temperature',
  'rollouts.topP',
  'rollouts.vllm',
  'reward',
  'clip',
  'klWeight',
  'saveEverySteps',
];

function ablation(id: string, label: string, about: string, change: Partial<Rlerr>): MethodRecipe {
  return {
    id: `rlerr-${id}`,
    label: `RLERR, ${label}`,
    about: `Ablation of RLERR: ${about}`,
    ours,
    loraRates: { nano: 4e-4, other: 1e-5 },
    paper: { ...paper, ...change },
    nano: { ...nano, ...change },
  };
}

export const rlerr: MethodRecipe = {
  id: 'rlerr',
  label: 'RLERR',
  about: 'Reinforcement learning with outcome and reflection reward (GRPO), from an SCFT checkpoint',
  ours,
  loraRates: { nano: 4e-4, other: 1e-5 },
  paper,
  nano,
};

export const rlerrAblations: readonly MethodRecipe[] = [
  ablation('outcome-only', 'outcome only', 'λ = 0, the reflection score is measured but not rewarded', {
    reward: { reflectionWeight: 0 },
  }),
  ablation('reflection-only', 'reflection only', 'the final answer is not rewarded', {
    reward: { outcomeWeight: 0, reflectionWeight: 1 },
  }),
  ablation('answers-only', 'answers only', 'the rule score looks at answers and not at stated verdicts', {
    reward: { verdictRule: false },
  }),
  ablation('dr-grpo', 'Dr. GRPO', 'advantages are not divided by the standard deviation of their group', {
    lossType: 'dr_grpo',
    scaleRewards: 'none',
  }),
];
