import type { Prompts } from '../schema/run.ts';
import type { TrainConfig } from '../schema/trainConfig.ts';

/** Of a model's prompts, those that training uses: critiques are sampled elsewhere. */
export function trainingPrompts(prompts: Prompts): TrainConfig['prompts'] {
  const { system, solve, critiqueTraining, solutionSlot } = prompts;
  return { system, solve, critiqueTraining, solutionSlot };
}
