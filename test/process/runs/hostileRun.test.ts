import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendReview, listRuns, readLiveText, readRun, summariseRun } from '../../../src/node/runs/index.ts';
import { temporaryDir } from './fixtures.ts';
import { writeLargeRun } from './largeRun.ts';

const REVIEW = {
  critiqueId: '$(touch x)',
  decision: 'accept',
  by: 'me',
  at: '2026-01-01T00:00:00Z',
} as const;

async function writtenRun() {
  const root = await temporaryDir();
  const dir = path.join(root, 'runs', 'run');
  await mkdir(path.dirname(dir));
  await writeLargeRun(dir, { problems: 2, n: 2, characters: 50 });
  return { root, dir, at: (name: string) => path.join(dir, name) };
}

/** Links and devices need POSIX. */
describe.skipIf(process.platform === 'win32')('a run directory from somebody else', () => {
  it('gets no review through a link to a file of the user', async () => {
    const { root, dir, at } = await writtenRun();
    const profile = path.join(root, '.profile');
    await writeFile(profile, 'echo hello\n');
    await symlink(profile, at('reviews.jsonl'));
    await expect(appendReview(dir, REVIEW)).rejects.toThrow(/It is a link/);
    expect(await readFile(profile, 'utf8')).toBe('echo hello\n');
  });

  it('makes no file through a link that leads nowhere yet', async () => {
    const { root, dir, at } = await writtenRun();
    await symlink(path.join(root, 'new'), at('reviews.jsonl'));
    await expect(appendReview(dir, REVIEW)).rejects.toThrow(/It is a link/);
    await expect(readFile(path.join(root, 'new'))).rejects.toThrow(/ENOENT/);
  });

  it.each(['events.jsonl', 'solutions.jsonl', 'reviews.jsonl'])(
    'is a fault, and hangs nobody, when its %s is a device or a pipe',
    async (name) => {
      const { dir, at } = await writtenRun();
      await rm(at(name), { force: true });
      await symlink('/dev/zero', at(name));
      await expect(summariseRun(dir)).rejects.toThrow(/no regular file/);
      await expect(readRun(dir)).rejects.toThrow(/no regular file/);
      await rm(at(name));
      execFileSync('mkfifo', [at(name)]);
      const { runs, faults } = await listRuns(path.dirname(dir));
      expect(runs).toEqual([]);
      expect(faults[0]?.message).toMatch(/no regular file/);
    },
  );

  it('may keep a large file on another disk', async () => {
    const { root, dir, at } = await writtenRun();
    await rename(at('solutions.jsonl'), path.join(root, 'elsewhere.jsonl'));
    await symlink(path.join(root, 'elsewhere.jsonl'), at('solutions.jsonl'));
    expect((await readRun(dir)).solutions).toHaveLength(4);
    await appendReview(dir, REVIEW);
    expect((await readRun(dir)).reviews).toEqual([REVIEW]);
  });

  it('that is itself a link is not listed', async () => {
    const { root, dir } = await writtenRun();
    await symlink(dir, path.join(root, 'runs', 'linked'));
    expect((await listRuns(path.join(root, 'runs'))).runs).toHaveLength(1);
  });

  it('has no text to watch in a pipe, a folder, a file of megabytes, or one of another form', async () => {
    const { dir, at } = await writtenRun();
    const live = { id: 'tank#0', start: 0, text: 'Step 1', t: 1 };
    await writeFile(at('live.json'), JSON.stringify(live));
    expect(await readLiveText(dir)).toEqual(live);
    await writeFile(at('live.json'), JSON.stringify({ ...live, text: 'x'.repeat(2_000_000) }));
    expect(await readLiveText(dir)).toBeNull();
    await writeFile(at('live.json'), JSON.stringify({ ...live, start: -1 }));
    expect(await readLiveText(dir)).toBeNull();
    await rm(at('live.json'));
    await mkdir(at('live.json'));
    expect(await readLiveText(dir)).toBeNull();
    await rm(at('live.json'), { recursive: true });
    execFileSync('mkfifo', [at('live.json')]);
    expect(await readLiveText(dir)).toBeNull();
  });
});
