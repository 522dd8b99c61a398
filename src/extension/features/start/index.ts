import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import type { StartCommand } from './handlers.ts';

/** The commands that set a model to work. */
export function registerStart(services: Services): Handlers<StartCommand> {
  return lazyHandlers(
    [
      'reflection.evaluate',
      'reflection.evaluateCheckpoint',
      'reflection.critique',
      'reflection.sample',
      'reflection.resumeRun',
    ],
    async () => (await import('./handlers.ts')).startHandlers(services),
  );
}
