import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';

/** The commands that bring problem sets into the workspace. */
export function registerProblems(
  services: Services,
): Handlers<'reflection.importProblems' | 'reflection.setHubToken'> {
  return lazyHandlers(['reflection.importProblems', 'reflection.setHubToken'], async () =>
    (await import('./handlers.ts')).problemHandlers(services),
  );
}
