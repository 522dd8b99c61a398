import path from 'node:path';
import { isOver } from './followRun.ts';
import type { RunEntry } from './runStore.ts';
import type { Services } from './services.ts';

/** The newest evaluation of a checkpoint that has ended. */
export function evaluationOf(services: Services, checkpointDir: string): RunEntry | undefined {
  return services.runs.runs.find(
    ({ manifest, state }) =>
      manifest.kind === 'evaluate' &&
      isOver(state.status) &&
      manifest.model !== undefined &&
      path.dirname(manifest.model.path) === checkpointDir,
  );
}
