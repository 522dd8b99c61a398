import type { Handlers } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { targetOf } from '../../target.ts';
import { setHubToken } from './hubToken.ts';
import { importProblems } from './importProblems.ts';

export function problemHandlers(
  services: Services,
): Handlers<'reflection.importProblems' | 'reflection.setHubToken'> {
  return {
    'reflection.importProblems': (target) => importProblems(services, targetOf(target)),
    'reflection.setHubToken': () => setHubToken(services),
  };
}
