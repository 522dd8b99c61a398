/** Every format that the workbench ever wrote is still read: `test/fixtures/runs/format<N>` holds a run of each. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../../src/core/schema/common.ts';
import { runManifestSchema } from '../../../src/core/schema/run.ts';
import { UPGRADES } from '../../../src/core/schema/upgrades.ts';
import { measureRun, summarize } from '../../../src/node/comparison/index.ts';
import { readManifest, readRun, readRunState } from '../../../src/node/runs/index.ts';
import { temporaryDir } from './fixtures.ts';

const fixture = (format: number) => path.join(import.meta.dirname, '../../fixtures/runs', `format${format}`);
const older = Array.from({ length: SCHEMA_VERSION - 1 }, (_, index) => index + 1);

describe('run directories of older formats', () => {
  it('have a step from each format to the next', () => {
    expect(UPGRADES.map(({ from }) => from)).toEqual(older);
  });

  it.each(older)('are read as if written today: format %i', async (format) => {
    const run = await readRun(fixture(format));
    expect(run.faults).toEqual([]);
    expect(run.manifest).toEqual(runManifestSchema.parse(run.manifest));
    expect(run.manifest).toMatchObject({ schemaVersion: SCHEMA_VERSION, stopping: { rule: 'fixed' } });
    expect(run.solutions).toHaveLength(run.problems.length * run.manifest.n);
    expect((await readRunState(fixture(format))).status).toBe('done');
    expect(summarize(await measureRun(fixture(format))).solutions).toBe(run.solutions.length);
  });

  it('are left as they are', async () => {
    const dir = path.join(await temporaryDir(), 'run');
    await cp(fixture(1), dir, { recursive: true });
    await readRun(dir);
    const file = await readFile(path.join(dir, 'run.json'), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ schemaVersion: 1 });
  });

  it('of a newer workbench are refused with the remedy', async () => {
    const dir = path.join(await temporaryDir(), 'run');
    await cp(fixture(1), dir, { recursive: true });
    const file = path.join(dir, 'run.json');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('"schemaVersion": 1', `"schemaVersion": ${SCHEMA_VERSION + 1}`),
    );
    await expect(readManifest(dir)).rejects.toMatchObject({
      code: 'run-too-new',
      remedy: expect.stringContaining('update the workbench'),
    });
  });
});
