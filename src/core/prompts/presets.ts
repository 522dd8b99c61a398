import type { Prompts } from '../schema/run.ts';

/** Training text of paper A, and what a trained critic is asked in evaluation (spec A2). */
const CRITIQUE_REQUEST =
  'Please critique whether the following solution to the question is correct. Question: {problem} Solution: {solution}';

/**
 * Reasoning models with a chat template of their own. No system prompt, as R1 distillations want it (spec C1).
 * Template t, with which critiques are sampled, is the training text and the request that the paper's example
 * paraphrases; its wording is ours (spec A2).
 */
export const reasoningPrompts: Prompts = {
  system: null,
  solve: '{problem}\n\nPlease reason step by step, and put your final answer within \\boxed{}.',
  critique: `${CRITIQUE_REQUEST}\n\nDecide whether the solution is correct. If it is not, explain why and give a refined solution. Put your final answer within \\boxed{}.`,
  critiqueTraining: CRITIQUE_REQUEST,
  solutionSlot: 'whole',
};

/** The embedded model: it has learned these texts and no others. */
export const nanoPrompts: Prompts = {
  system: null,
  solve: '{problem}',
  critique: CRITIQUE_REQUEST,
  critiqueTraining: CRITIQUE_REQUEST,
  solutionSlot: 'last-attempt',
};

/** S2R (spec B2): the system prompt under which its models are trained and evaluated. */
export const s2rPrompts: Prompts = {
  ...reasoningPrompts,
  system: 'Please reason step by step, and put your final answer within \\boxed{}.',
  solve: '{problem}',
};

/** Prompt presets by the name that `reflection.json` and `--prompts` use. */
export const PROMPT_PRESETS = {
  reasoning: reasoningPrompts,
  nano: nanoPrompts,
  s2r: s2rPrompts,
} as const satisfies Record<string, Prompts>;
export type PromptPresetName = keyof typeof PROMPT_PRESETS;

export function isPromptPreset(name: string): name is PromptPresetName {
  return Object.hasOwn(PROMPT_PRESETS, name);
}
