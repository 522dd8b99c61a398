import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runArgument } from '../../../src/cli/runArgument.ts';
import { createRun, resolveRun, runsRoot } from '../../../src/node/runs/index.ts';
import { manifest, problems, temporaryDir } from '../runs/fixtures.ts';

it('names a run so that it is found from here, wherever it lies', async () => {
  const workspace = await temporaryDir();
  const below = path.join(workspace, 'some', 'folder');
  await mkdir(below, { recursive: true });
  const [listed, own, far] = [
    path.join(runsRoot(workspace), 'listed'),
    path.join(below, 'my run'),
    path.join(await temporaryDir(), 'run'),
  ];
  for (const dir of [listed, own, far]) await createRun(dir, manifest('run'), problems);
  expect(runArgument(listed, below)).toBe('listed');
  expect(runArgument(own, below)).toBe("'my run'");
  expect(runArgument(far, below)).toBe(far);
  for (const dir of [listed, own, far]) {
    const typed = runArgument(dir, below).replaceAll("'", '');
    expect(await resolveRun(workspace, typed, below)).toBe(dir);
  }
});
