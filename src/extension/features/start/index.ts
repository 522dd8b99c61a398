import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { startedRuns } from '../../startedRuns.ts';
import type { StartCommand } from './handlers.ts';

/** The commands that set a model to work; what they started in an earlier life of the window is taken up again. */
export function registerStart(services: Services): Handlers<StartCommand> {
  if (startedRuns(services).length > 0) {
    // Not in the way of activation.
    setTimeout(async () => (await import('./takeUp.ts')).takeUpStartedRuns(services), 0);
  }
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
