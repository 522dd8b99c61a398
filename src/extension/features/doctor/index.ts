import { type Handlers, lazyHandlers } from '../../commands.ts';
import type { Services } from '../../services.ts';

/** Tries what the workbench needs on this machine. */
export function registerDoctor(services: Services): Handlers<'reflection.doctor'> {
  return lazyHandlers(['reflection.doctor'], async () =>
    (await import('./doctor.ts')).doctorHandlers(services),
  );
}
