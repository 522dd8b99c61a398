import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { registerModelsTree } from './tree.ts';

const COMMANDS = [
  'reflection.setApiKey',
  'reflection.useModel',
  'reflection.checkServer',
  'reflection.openConfiguration',
] as const;

/** The Models view, the model in use, servers and their keys. */
export function registerModels(services: Services): Handlers<(typeof COMMANDS)[number]> {
  const tree = registerModelsTree(services);
  return lazyHandlers(COMMANDS, async () => (await import('./handlers.ts')).modelHandlers(services, tree));
}
