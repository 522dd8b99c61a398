/** llama.cpp in child processes of our own, through node-llama-cpp. */
import { type LlamaModelConfig, llamaModelSchema } from '../../core/schema/model.ts';
import type { EngineModule } from './engine.ts';

export const llamaEngine: EngineModule<LlamaModelConfig> = {
  id: 'llama',
  label: 'llama.cpp (local GGUF file)',
  config: llamaModelSchema,
  connect: () => Promise.reject(new Error('not yet written')),
};
