import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { makeTemporaryFolder } from '../../src/node/temporaryFolder.ts';

afterEach(() => vi.unstubAllEnvs());

it('is new each time', () => {
  const [one, other] = [makeTemporaryFolder('test'), makeTemporaryFolder('test')];
  expect(statSync(one).isDirectory()).toBe(true);
  expect(other).not.toBe(one);
  for (const folder of [one, other]) rmSync(folder, { recursive: true });
});

it('that cannot be made is told with its place and what to do', () => {
  const nowhere = path.join(import.meta.filename, 'nowhere');
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, nowhere);
  expect(() => makeTemporaryFolder('test')).toThrow(
    expect.objectContaining({
      code: 'no-temporary-folder',
      place: { file: nowhere },
      remedy: expect.stringContaining('TMPDIR'),
    }),
  );
});
