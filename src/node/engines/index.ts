/** The list of engines. */
import type { ModelConfig } from '../../core/schema/model.ts';
import type { ConnectOptions, Engine, EngineModule } from './engine.ts';
import { llamaEngine } from './llama.ts';
import { openaiEngine } from './openai.ts';

type EngineList = { [Id in ModelConfig['engine']]: EngineModule<Extract<ModelConfig, { engine: Id }>> };

export const engines: EngineList = { llama: llamaEngine, openai: openaiEngine };

/** Loads or reaches the model that a row of `reflection.json` names. */
export function connectEngine(
  model: ModelConfig,
  signal: AbortSignal,
  options: ConnectOptions = {},
): Promise<Engine> {
  switch (model.engine) {
    case 'llama':
      return engines.llama.connect(model, signal, options);
    case 'openai':
      return engines.openai.connect(model, signal, options);
    default:
      throw new Error(`no engine: ${JSON.stringify(model satisfies never)}`);
  }
}
