/** Recipes: every method at every size, whole and valid, with the papers' hyper-parameters where they are not ours. */
import { describe, expect, it } from 'vitest';
import { findRecipe, type Recipe, recipes, SIZES } from '../../../src/core/recipes/index.ts';
import {
  rolloutsOf,
  TRAIN_METHODS,
  type TrainConfig,
  trainConfigSchema,
} from '../../../src/core/schema/trainConfig.ts';

function whole(recipe: Recipe): TrainConfig {
  return trainConfigSchema.parse({ ...recipe.config, model: { path: 'm' }, data: { path: 'd' } });
}

function field(config: unknown, path: string): unknown {
  let value = config;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === part)?.[1];
  }
  return value;
}

describe('recipes', () => {
  it('has every method at every size, with full fine-tuning and with adapters', () => {
    const made = recipes.map((recipe) => {
      const { method, lora } = whole(recipe);
      const size = SIZES.find(({ id }) => new RegExp(`-${id.replace('.', '\\.')}(-lora)?$`).test(recipe.id));
      return `${method} ${size?.id} ${lora === null ? 'full' : 'lora'}`;
    });
    for (const method of TRAIN_METHODS)
      for (const { id } of SIZES)
        for (const kind of ['full', 'lora']) expect(made).toContain(`${method} ${id} ${kind}`);
  });

  it('gives each a name of its own', () => {
    expect(new Set(recipes.map(({ id }) => id)).size).toBe(recipes.length);
  });

  it.each(recipes.map((recipe) => [recipe.id, recipe] as const))(
    '%s is whole and says what is ours',
    (_, recipe) => {
      const config = whole(recipe);
      for (const path of recipe.ours) expect(field(config, path), path).not.toBeUndefined();
      const micro = Math.min(config.microBatchSize, config.batchSize);
      expect(config.batchSize % micro).toBe(0);
      const rollouts = rolloutsOf(config);
      if (rollouts) {
        expect((rollouts.problems * rollouts.perProblem) % config.batchSize).toBe(0);
        expect(rollouts.maxPromptTokens + rollouts.maxTokens).toBeLessThanOrEqual(config.maxLength);
      }
    },
  );

  // Spec A3, A4.1, B4, B6.4, B7: what the papers state, written down a second time.
  const PAPER: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['scft-7b', { learningRate: 1e-5, epochs: 10, batchSize: 64 }],
    [
      'rlerr-7b',
      {
        learningRate: 1e-6,
        // 64 problems of 8 rollouts, one update each
        'rollouts.problems': 64,
        'rollouts.perProblem': 8,
        batchSize: 512,
        'rollouts.maxPromptTokens': 1024,
        'rollouts.maxTokens': 16_384,
      },
    ],
    ['bi-7b', { learningRate: 5e-6, batchSize: 32, epochs: 3, warmupSteps: 5, minLearningRateRatio: 0.1 }],
    ...(['orl-7b', 'prl-7b'] as const).map(
      (id) =>
        [
          id,
          {
            learningRate: 5e-7,
            batchSize: 64,
            'rollouts.problems': 64,
            'rollouts.perProblem': 4,
            'rollouts.temperature': 0.7,
            klWeight: 0.05,
            clip: 0.2,
            maxSteps: 500,
            maxLength: 8000,
          },
        ] as const,
    ),
    ...(['orl-offline-7b', 'prl-offline-7b'] as const).map(
      (id) =>
        [
          id,
          {
            learningRate: 5e-7,
            batchSize: 64,
            klWeight: 0.1,
            maxLength: 8192,
            warmupSteps: 5,
            clip: 0.2,
            minAccuracy: 0.1,
            maxAccuracy: 0.7,
            baseline: 'position',
          },
        ] as const,
    ),
  ];
  it.each(PAPER)('%s has the values of the paper', (id, values) => {
    const recipe = findRecipe(id);
    expect(recipe).toBeDefined();
    if (!recipe) return;
    for (const [path, value] of Object.entries(values)) {
      expect(field(whole(recipe), path), path).toBe(value);
      expect(recipe.ours, path).not.toContain(path);
    }
  });

  it('has the ablations of the reward', () => {
    const reward = (id: string) => field(findRecipe(id)?.config, 'reward');
    expect(reward('rlerr-outcome-only-nano')).toEqual({ reflectionWeight: 0 });
    expect(reward('rlerr-reflection-only-nano')).toMatchObject({ outcomeWeight: 0 });
    expect(reward('rlerr-answers-only-nano')).toEqual({ verdictRule: false });
  });
});
