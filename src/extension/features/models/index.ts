import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { registerModelsTree } from './tree.ts';

/** The Models view, the model in use, and the keys of served models. */
export function registerModels(services: Services): Handlers<'reflection.setApiKey' | 'reflection.useModel'> {
  const refresh = registerModelsTree(services);
  return lazyHandlers(['reflection.setApiKey', 'reflection.useModel'], async () =>
    (await import('./handlers.ts')).modelHandlers(services, refresh),
  );
}
