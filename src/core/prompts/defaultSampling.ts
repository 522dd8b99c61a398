import type { Prompts, SamplingOptions } from '../schema/run.ts';
import { nanoPrompts } from './presets.ts';

/** What evaluations of reasoning models use (spec C1): temperature, maximum of tokens and, our choice, top-p. */
const reasoningSampling: SamplingOptions = {
  temperature: 0.6,
  topP: 0.95,
  topK: 0,
  minP: 0,
  maxTokens: 32_768,
};

/** The embedded model was measured without top-p; its longest right answer has under 400 tokens. */
const nanoSampling: SamplingOptions = { temperature: 0.6, topP: 1, topK: 0, minP: 0, maxTokens: 400 };

/** The sampling options that go with a model's prompts, where a person asks for no others. */
export function defaultSampling(prompts: Prompts): SamplingOptions {
  return prompts.solutionSlot === nanoPrompts.solutionSlot && prompts.solve === nanoPrompts.solve
    ? nanoSampling
    : reasoningSampling;
}
