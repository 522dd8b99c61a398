/** A model behind an OpenAI-compatible server. */
import { type OpenaiModelConfig, openaiModelSchema } from '../../core/schema/model.ts';
import type { EngineModule } from './engine.ts';

export const openaiEngine: EngineModule<OpenaiModelConfig> = {
  id: 'openai',
  label: 'OpenAI-compatible server',
  config: openaiModelSchema,
  connect: () => Promise.reject(new Error('not yet written')),
};
