/** Prompt presets and templates. */
export { defaultSampling, offlineSampling, s2rSampling } from './defaultSampling.ts';
export {
  isPromptPreset,
  nanoPrompts,
  PROMPT_PRESETS,
  type PromptPresetName,
  reasoningPrompts,
  s2rPrompts,
} from './presets.ts';
export {
  checkPrompts,
  type PromptValues,
  renderPrompt,
  type SlottedSolution,
  slotSolution,
} from './render.ts';
export { refinementPrompt, type VerificationStyle, verificationPrompt } from './verification.ts';
