/** One row per method and ablation; with one row per size of model they make the recipes. */
import type { Recipe, RecipeConfig } from './recipe.ts';
import { HARDWARE_FIELDS, type Size } from './sizes.ts';

export interface MethodRecipe {
  /** First part of the recipe's name. */
  readonly id: string;
  readonly label: string;
  readonly about: string;
  /** Fields of `paper` that the paper does not state. */
  readonly ours: readonly string[];
  /** With adapters the learning rate is higher: our choice, neither paper uses them. */
  readonly loraRates: { readonly nano: number; readonly other: number };
  readonly paper: RecipeConfig;
  /** For the embedded model: all of it is our choice. */
  readonly nano: RecipeConfig;
}

export function recipeFor(method: MethodRecipe, size: Size, adapters: boolean): Recipe {
  const isNano = size.id === 'nano';
  const base = isNano ? method.nano : method.paper;
  const hardware = adapters ? size.lora : size.full;
  const rate = isNano ? method.loraRates.nano : method.loraRates.other;
  return {
    id: `${method.id}-${size.id}${adapters ? '-lora' : ''}`,
    label: `${method.label}, ${size.label}${adapters ? ', LoRA' : ''}`,
    about: adapters
      ? `${method.about}; ${size.label} ${size.whereLora}, low-rank adapters.`
      : `${method.about}; ${size.label} ${size.where}.`,
    ours: isNano
      ? Object.keys(base).filter((field) => field !== 'method')
      : [...method.ours, ...HARDWARE_FIELDS, ...(adapters ? ['learningRate'] : [])],
    config: { ...withVllm(base, size), ...hardware, ...(adapters ? { learningRate: rate } : {}) },
  };
}

/** vLLM over as many GPUs as a model of this size needs, where the method uses it. */
function withVllm(config: RecipeConfig, { tensorParallel }: Size): RecipeConfig {
  if (!('rollouts' in config) || !config.rollouts?.vllm) return config;
  const vllm = { ...config.rollouts.vllm, tensorParallel };
  return { ...config, rollouts: { ...config.rollouts, vllm } };
}
