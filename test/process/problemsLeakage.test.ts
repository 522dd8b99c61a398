import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { measureRun } from '../../src/node/comparison/index.ts';
import { evaluate } from '../../src/node/pipeline/index.ts';
import { problemHashes } from '../../src/node/problems/leakage.ts';
import { readManifest } from '../../src/node/runs/index.ts';
import { evaluateOptions, sums } from './pipeline/fixtures.ts';
import { temporaryDir } from './runs/fixtures.ts';

/** A checkpoint that was trained on these problems; answers with its model file. */
async function checkpoint(trainedOn: ReturnType<typeof sums>): Promise<string> {
  const dir = path.join(await temporaryDir(), 'step-000004');
  mkdirSync(dir, { recursive: true });
  const mark = {
    step: 4,
    worldSize: 1,
    files: {},
    gguf: 'model.gguf',
    trainedFrom: 'base.gguf',
    dataSha256: 'x',
    problemHashes: problemHashes(trainedOn),
  };
  writeFileSync(path.join(dir, 'complete.json'), JSON.stringify(mark));
  return path.join(dir, 'model.gguf');
}

describe('evaluating a checkpoint', () => {
  it('on problems that it was trained on is labelled in the manifest, the title and every comparison', async () => {
    const problems = sums(4);
    const file = await checkpoint(problems.slice(1, 3));
    const options = await evaluateOptions({ problems, title: 'scft on sums' });
    const engine = { ...options.engine, identity: { ...options.engine.identity, path: file } };
    await evaluate({ ...options, engine });
    const manifest = await readManifest(options.dir);
    expect(manifest.leakage).toEqual({ leaked: ['sum-1', 'sum-2'], total: 4 });
    expect(manifest.title).toBe('scft on sums (trained on 2 of these 4 problems)');
    expect((await measureRun(options.dir)).label).toContain('trained on 2 of these 4 problems');
  });

  it('on other problems is not', async () => {
    const file = await checkpoint(sums(9).slice(5));
    const options = await evaluateOptions({ problems: sums(4), title: 'scft on sums' });
    const engine = { ...options.engine, identity: { ...options.engine.identity, path: file } };
    await evaluate({ ...options, engine });
    const manifest = await readManifest(options.dir);
    expect(manifest.leakage).toBeUndefined();
    expect(manifest.title).toBe('scft on sums');
  });
});
