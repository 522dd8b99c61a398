import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { nearNames } from '../../core/runs/index.ts';
import { isRun } from './createRun.ts';
import { runsRoot } from './layout.ts';
import { runNames } from './listRuns.ts';

/**
 * The directory of the run that a person names: a path from here or from the workspace, a name, the beginning of one, or
 * any part of one, as long as it fits a single run of the workspace.
 */
export async function resolveRun(workspaceDir: string, wanted: string, cwd = process.cwd()): Promise<string> {
  for (const asPath of [path.resolve(cwd, wanted), path.resolve(workspaceDir, wanted)]) {
    if (wanted !== '' && (await isRun(asPath))) return asPath;
  }
  const root = runsRoot(workspaceDir);
  const names = await runNames(root);
  for (const matching of [
    names.filter((name) => name === wanted),
    names.filter((name) => name.startsWith(wanted)),
    names.filter((name) => name.includes(wanted)),
  ]) {
    if (wanted === '' || matching.length === 0) continue;
    const [only] = matching;
    if (only !== undefined && matching.length === 1) return path.join(root, only);
    throw new UserError('run-ambiguous', `"${wanted}" fits ${matching.length} runs: ${listed(matching)}.`, {
      remedy: 'Give more of the name.',
    });
  }
  const near = nearNames(wanted, names);
  throw new UserError('run-unknown', `There is no run "${wanted}" in ${root}.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${listed(near)}?`
        : 'List the runs with `reflection runs`, or name a run directory by its path.',
  });
}

const LISTED = 5;

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(-LISTED).join(', ');
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown;
}
