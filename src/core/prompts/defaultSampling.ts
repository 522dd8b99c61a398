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

/**
 * Options for the solutions and the verifications of S2R (spec B3), and for offline rollouts (spec B7), where a person
 * asks for no others. The embedded model finds errors rarely: a low temperature would never show it doing so.
 */
export function s2rSampling(prompts: Prompts): { solutions: SamplingOptions; critiques: SamplingOptions } {
  if (defaultSampling(prompts) === nanoSampling) {
    return {
      solutions: { ...nanoSampling, temperature: 0.8 },
      critiques: { ...nanoSampling, temperature: 1 },
    };
  }
  const solutions = { ...reasoningSampling, temperature: 0.7, topP: 1, maxTokens: 2048 };
  return { solutions, critiques: { ...solutions, temperature: 0.1 } };
}

export function offlineSampling(prompts: Prompts): SamplingOptions {
  const isNano = defaultSampling(prompts) === nanoSampling;
  return isNano
    ? { ...nanoSampling, temperature: 1 }
    : { ...reasoningSampling, temperature: 0.8, topP: 1, maxTokens: 8192 };
}
