import type { TrainConfigInput } from '../schema/trainConfig.ts';

type WithoutRun<Config> = Config extends unknown ? Omit<Config, 'model' | 'data' | 'recipe'> : never;
/** What a recipe sets: a training configuration without what a run adds, the model and the data. */
export type RecipeConfig = WithoutRun<TrainConfigInput>;

/** A named training configuration: data, not code. What a run adds is the model, the dataset and the seed. */
export interface Recipe {
  readonly id: string;
  readonly label: string;
  /** One sentence: what it does and for what size of model. */
  readonly about: string;
  /** Fields that are our choice and not the paper's (label O in the method notes), such as `rollouts.topP`. */
  readonly ours: readonly string[];
  readonly config: RecipeConfig;
}
