/** The text that is being written, in a file of the run directory. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openLiveText, readLiveText, removeLiveText } from '../../../src/node/runs/index.ts';
import { eventually } from '../cli/cli.ts';
import { temporaryDir } from './fixtures.ts';

it('shows one sample until it is finished, whatever comes of the others, and then another', async () => {
  const heard: [string, string][] = [];
  const live = openLiveText(await temporaryDir(), (id, text) => void heard.push([id, text]));
  live.partial('a', 'x');
  live.partial('b', 'never mind');
  live.partial('a', 'x y');
  live.finished('b');
  live.partial('b', 'no');
  live.finished('a');
  live.partial('b', 'now');
  await live.close();
  expect(heard).toEqual([
    ['a', 'x'],
    ['a', 'x y'],
    ['b', 'now'],
  ]);
});

it('is whole whenever it is read, is the end of a long text, and is gone with the run', async () => {
  const dir = await temporaryDir();
  const live = openLiveText(dir, () => undefined);
  const text = 'abc '.repeat(10_000);
  for (let length = 1; length < text.length; length += 997) {
    live.partial('p#0', text.slice(0, length));
    const read = await readLiveText(dir);
    if (read !== null) expect(text.slice(read.start, read.start + read.text.length)).toBe(read.text);
  }
  const last = await eventually(async () => {
    live.partial('p#0', text);
    const read = await readLiveText(dir);
    return read !== null && read.start + read.text.length === text.length ? read : undefined;
  });
  expect(last.text.length).toBeLessThan(text.length);
  await live.close();
  expect(await readdir(dir)).toEqual([]);
});

it('is not written again once it is gone', async () => {
  const dir = await temporaryDir();
  const heard: string[] = [];
  const live = openLiveText(dir, (_id, text) => heard.push(text));
  await live.close();
  live.partial('p#0', 'late');
  // Waits for whatever is being written.
  await live.close();
  expect(heard).toEqual([]);
  expect(await readdir(dir)).toEqual([]);
});

it('is no trouble where it cannot be written, and none where it is not what it should be', async () => {
  const dir = await temporaryDir();
  await writeFile(path.join(dir, 'live.json'), '{"id":"p#0","text":');
  expect(await readLiveText(dir)).toBeNull();
  await removeLiveText(dir);
  expect(await readdir(dir)).toEqual([]);
  await rm(dir, { recursive: true });
  const live = openLiveText(dir, () => undefined);
  live.partial('p#0', 'x');
  await live.close();
  expect(await readLiveText(dir)).toBeNull();
});
