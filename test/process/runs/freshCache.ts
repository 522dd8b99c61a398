/** A user's cache directory of its own for each test, and the index of a run that lies there. */
import { beforeEach } from 'vitest';
import { openRunIndex, type RunIndex } from '../../../src/node/runs/index.ts';
import { temporaryDir } from './fixtures.ts';

/** Called once at the top of a file; `folder` is the cache of the test that runs. */
export function freshCache(): { readonly folder: string } {
  const cache = { folder: '' };
  beforeEach(async () => {
    cache.folder = await temporaryDir();
    process.env.REFLECTION_CACHE_DIR = cache.folder;
    return () => {
      delete process.env.REFLECTION_CACHE_DIR;
    };
  });
  return cache;
}

export async function indexOf(dir: string): Promise<RunIndex> {
  const index = await openRunIndex(dir);
  if (index === null) throw new Error('there is no index');
  return index;
}
