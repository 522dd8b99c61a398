import type { TrainConfigInput } from '../schema/trainConfig.ts';

/** A named training configuration: data, not code. What a run adds is the model, the dataset and the seed. */
export interface Recipe {
  readonly id: string;
  readonly label: string;
  /** One sentence: what it does and for what size of model. */
  readonly about: string;
  /** Fields of the configuration that are our choice and not the paper's (label O in the method notes). */
  readonly ours: readonly (keyof TrainConfigInput)[];
  readonly config: Omit<TrainConfigInput, 'model' | 'data' | 'recipe'>;
}
