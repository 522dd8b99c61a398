import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { startTraining } from './start.ts';
import { registerTaskProvider } from './taskProvider.ts';
import { registerTrainingView } from './view.ts';

/** Training as a task in the terminal, and its curves in the side bar. */
export function registerTraining(services: Services): Handlers<'reflection.train'> {
  services.context.subscriptions.push(registerTrainingView(services), registerTaskProvider(services));
  return { 'reflection.train': (parameter) => startTraining(services, targetOf(parameter)) };
}
