import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { registerRunsTree } from './tree.ts';

type Commands = 'reflection.stopRun' | 'reflection.openRunFolder' | 'reflection.refresh';

/** The Runs tree and what can be done to a run. */
export function registerRuns(services: Services): Handlers<Commands> {
  registerRunsTree(services);
  return {
    'reflection.refresh': () => services.runs.refresh(),
    ...lazyHandlers(['reflection.stopRun', 'reflection.openRunFolder'], async () =>
      (await import('./handlers.ts')).runHandlers(services),
    ),
  };
}
