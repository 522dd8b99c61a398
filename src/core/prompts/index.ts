/** Prompt presets and templates. */
export { defaultSampling } from './defaultSampling.ts';
export {
  isPromptPreset,
  nanoPrompts,
  PROMPT_PRESETS,
  type PromptPresetName,
  reasoningPrompts,
} from './presets.ts';
export {
  checkPrompts,
  type PromptValues,
  renderPrompt,
  type SlottedSolution,
  slotSolution,
} from './render.ts';
