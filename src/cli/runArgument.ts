import path from 'node:path';
import { quoteArgument } from '../core/training/index.ts';
import { runsRoot } from '../node/runs/index.ts';
import { findWorkspace } from './context.ts';

/** What a person types for a run where they are now: its name if it is found by that, else its directory. */
export function runArgument(dir: string, cwd = process.cwd()): string {
  if (path.dirname(dir) === runsRoot(findWorkspace(cwd))) return quoteArgument(path.basename(dir));
  const within = path.relative(cwd, dir);
  return quoteArgument(within === '' || within.startsWith('..') ? dir : within);
}
