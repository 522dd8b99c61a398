import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/node/cacheFolder.ts';

describe('cacheFolder', () => {
  it('is what the environment says, else what the system says', () => {
    expect(cacheFolder({ REFLECTION_CACHE_DIR: '/x' }, 'linux')).toBe(path.resolve('/x'));
    expect(cacheFolder({ XDG_CACHE_HOME: path.resolve('/c') }, 'linux')).toBe(
      path.resolve('/c/reflection-workbench'),
    );
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux')).toBe(
      path.join(homedir(), '.cache', 'reflection-workbench'),
    );
    expect(cacheFolder({}, 'darwin')).toContain(path.join('Library', 'Caches'));
    expect(cacheFolder({ LOCALAPPDATA: 'L' }, 'win32')).toBe(path.join('L', 'reflection-workbench'));
  });
});
