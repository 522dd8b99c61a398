import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { readCached, writeCached } from '../../../src/node/engines/machineCache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reflection-cache-'));
  vi.stubEnv('REFLECTION_CACHE_DIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const place = (key: object, rest = {}) => ({ kind: 'numbers', key: { ...key }, schema: z.number(), ...rest });

describe('the cache of this machine', () => {
  it('gives back what was written under the same key, and nothing else', async () => {
    await writeCached(place({ file: 'a' }), 7);
    expect(await readCached(place({ file: 'a' }))).toBe(7);
    expect(await readCached(place({ file: 'b' }))).toBeUndefined();
    expect(await readCached({ ...place({ file: 'a' }), kind: 'others' })).toBeUndefined();
  });

  it('forgets what is too old', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await writeCached(place({}), 7);
    vi.setSystemTime(Date.now() + 1001);
    expect(await readCached(place({}, { maxAgeMs: 1000 }))).toBeUndefined();
    expect(await readCached(place({}, { maxAgeMs: 2000 }))).toBe(7);
  });

  it.each(['', '{', '{"at":1}', '{"at":1e15,"key":"{}","value":"text"}'])(
    'takes the damaged entry %j for none, and writes it anew',
    async (text) => {
      await writeCached(place({}), 7);
      const [name = ''] = readdirSync(path.join(folder, 'numbers'));
      writeFileSync(path.join(folder, 'numbers', name), text);
      expect(await readCached(place({}))).toBeUndefined();
      await writeCached(place({}), 8);
      expect(await readCached(place({}))).toBe(8);
    },
  );

  it('is never an error, also where nothing can be written', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    vi.stubEnv('REFLECTION_CACHE_DIR', path.join(file, 'below'));
    await writeCached(place({}), 7);
    expect(await readCached(place({}))).toBeUndefined();
  });
});
