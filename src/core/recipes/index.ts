import type { Recipe } from './recipe.ts';
import { scft7b, scft15b, scftNano } from './scft.ts';

export type { Recipe } from './recipe.ts';

/** Every recipe. To add one, write a data file and add a line. */
export const recipes: readonly Recipe[] = [scftNano, scft15b, scft7b];

export function findRecipe(id: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.id === id);
}
