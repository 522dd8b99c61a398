import { type MethodRecipe, recipeFor } from './methods.ts';
import type { Recipe } from './recipe.ts';
import { rlerr, rlerrAblations } from './rlerr.ts';
import { bi, orl, orlOffline, prl, prlOffline } from './s2r.ts';
import { scft, selfDistill, sft } from './scft.ts';
import { SIZES } from './sizes.ts';

export type { Recipe, RecipeConfig } from './recipe.ts';
export { SIZES, type Size } from './sizes.ts';
export { trainingPrompts } from './trainingPrompts.ts';

/** To add a method or an ablation, write a row like these; to add a size, a row in sizes.ts. */
const METHOD_RECIPES: readonly MethodRecipe[] = [
  scft,
  selfDistill,
  sft,
  rlerr,
  ...rlerrAblations,
  bi,
  orl,
  prl,
  orlOffline,
  prlOffline,
];

/** First parts of the recipes' names. */
export const RECIPE_METHODS = METHOD_RECIPES.map(({ id }) => id);

/** Every method at every size, with full fine-tuning first and then with low-rank adapters. */
export const recipes: readonly Recipe[] = [false, true].flatMap((adapters) =>
  METHOD_RECIPES.flatMap((method) => SIZES.map((size) => recipeFor(method, size, adapters))),
);

export function findRecipe(id: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.id === id);
}
