import path from 'node:path';
import { isOver } from './followRun.ts';
import type { RunEntry } from './runStore.ts';
import type { Services } from './services.ts';

/** The newest evaluation of a checkpoint that has ended. */
export function evaluationOf(services: Services, checkpointDir: string): RunEntry | undefined {
  return services.runs.runs.find(
    (run) => run.manifest.kind === 'evaluate' && isOver(run.state.status) && isOf(run, checkpointDir),
  );
}

/** By its path; or by its name in the runs beside, which outlives a folder that was moved or copied to another machine. */
function isOf({ dir, manifest }: RunEntry, checkpointDir: string): boolean {
  if (manifest.model !== undefined && path.dirname(manifest.model.path) === checkpointDir) return true;
  const training = path.dirname(path.dirname(checkpointDir));
  const name = `${path.basename(training)}@${path.basename(checkpointDir)}`;
  return (
    path.dirname(dir) === path.dirname(training) &&
    manifest.parents.some(({ kind, id, role }) => kind === 'checkpoint' && id === name && role === 'model')
  );
}
