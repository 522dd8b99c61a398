/** Where things go that can be computed again: the user's cache directory, never a run directory. */
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * `REFLECTION_CACHE_DIR` where it is set, else the folder `reflection-workbench` where the system keeps caches. It may
 * not exist yet, and anything in it may be deleted at any time.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const own = environment.REFLECTION_CACHE_DIR;
  if (own !== undefined && own !== '') return path.resolve(own);
  return path.join(systemCaches(environment, platform), 'reflection-workbench');
}

function systemCaches(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = environment;
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return LOCALAPPDATA || path.join(homedir(), 'AppData', 'Local');
  // The specification of these folders says to ignore a relative path.
  return XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : path.join(homedir(), '.cache');
}
