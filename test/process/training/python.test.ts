import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { findTrainerPython } from '../../../src/node/training/python.ts';

beforeEach(() => {
  const named = process.env.REFLECTION_PYTHON;
  delete process.env.REFLECTION_PYTHON;
  return () => {
    if (named !== undefined) process.env.REFLECTION_PYTHON = named;
  };
});

/** A folder whose `.venv` has an interpreter that says this of itself. */
async function folderWith(answer: string): Promise<{ folder: string; python: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'python-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const python = path.join(folder, '.venv/bin/python');
  await mkdir(path.dirname(python), { recursive: true });
  await writeFile(python, `#!/bin/sh\necho ${answer}\n`);
  await chmod(python, 0o755);
  return { folder, python };
}

/** The interpreters are shell scripts. */
describe.skipIf(process.platform === 'win32')('the interpreter for training', () => {
  it('is that of the folder, when it has what the trainer needs', async () => {
    const { folder, python } = await folderWith('3.12.1');
    expect(await findTrainerPython(undefined, undefined, folder)).toMatchObject({
      command: python,
      version: '3.12.1',
    });
  });

  it('is the next one that has, when that of the folder is for something else', async () => {
    const { folder, python } = await folderWith('3.12.1 torch trl');
    const found = await findTrainerPython(undefined, undefined, folder);
    expect(found.command).not.toBe(python);
  });

  it('is the one that was asked for, and no other', async () => {
    const { python } = await folderWith('3.12.1 torch trl');
    await expect(findTrainerPython(python)).rejects.toThrow(`${python} lacks torch, trl`);
  });

  it('is told how to come by, in any folder', async () => {
    const { python } = await folderWith('3.9.1');
    const requirements = path.join(packageRoot(), 'scripts/trainer/requirements.txt');
    await expect(findTrainerPython(python)).rejects.toMatchObject({
      code: 'python-old',
      remedy: expect.stringContaining(`pip install -r '${requirements}'`),
    });
  });
});
