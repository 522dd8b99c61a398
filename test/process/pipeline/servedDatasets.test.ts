/** Datasets with a real OpenAI-compatible server: as the model itself, and as the critic beside the embedded model. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nanoPrompts, s2rSampling } from '../../../src/core/prompts/index.ts';
import { s2rRecordSchema } from '../../../src/core/schema/dataset.ts';
import type { Engine } from '../../../src/node/engines/engine.ts';
import { sample } from '../../../src/node/pipeline/index.ts';
import { identifyProblems, readProblemSet } from '../../../src/node/problems/readProblems.ts';
import { readRun } from '../../../src/node/runs/index.ts';
import { closesEngines, nano, open, root } from '../engines/models.ts';
import { type Served, START_MS, serve, stop } from '../engines/transformersServer.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { scft } from './fixtures.ts';

closesEngines();

let served: Served;
beforeAll(async () => {
  served = await serve();
}, START_MS);
afterAll(() => stop(served));

function servedEngine(): Promise<Engine> {
  const { baseUrl, model } = served;
  return open({ name: 'served', engine: 'openai', baseUrl, model, concurrency: 1 });
}

async function optionsOf(engine: Engine, count: number) {
  const file = path.join(root, 'media', 'problems', 'demo-5.jsonl');
  const problems = (await readProblemSet(file)).problems.slice(0, count);
  const problemSet = identifyProblems('demo', file, problems);
  const dir = path.join(await temporaryDir(), 'run');
  const sampling = { ...s2rSampling(nanoPrompts).critiques, maxTokens: 200 };
  return { dir, problems, problemSet, engine, prompts: nanoPrompts, sampling, seed: 2 };
}

describe('a server', () => {
  it('makes an SCFT dataset of its own solutions and critiques, the same when asked again', async () => {
    const options = { ...(await optionsOf(await servedEngine(), 3)), n: 3, critiques: 2 };
    const settings = { ...options, dataset: scft({ mix: [1, 1] }) };
    const { dataset, failed } = await sample(settings);
    expect(failed).toBe(0);
    const { solutions, critiques, manifest } = await readRun(options.dir);
    expect(solutions).toHaveLength(9);
    expect(critiques.length).toBeGreaterThan(0);
    expect(manifest.model).toMatchObject({ engine: 'openai', name: 'served' });
    expect(dataset?.meta.funnel[0]?.entered).toBeGreaterThanOrEqual(9);
    expect((await sample(settings)).dataset?.isUnchanged).toBe(true);
  });

  it('verifies the solutions of the embedded model into S2R trajectories', async () => {
    const engine = await open({ name: 'nano', engine: 'llama', path: nano, gpu: 'cpu' });
    const options = { ...(await optionsOf(engine, 4)), n: 3, critiques: 2 };
    const critic = { engine: await servedEngine(), prompts: nanoPrompts };
    const dataset = { kind: 's2r', style: 'confirmative', isThinned: false, size: null } as const;
    const made = await sample({ ...options, critic, dataset });
    expect(made.failed).toBe(0);
    const text = await readFile(made.dataset?.file ?? '', 'utf8');
    const records = text
      .trim()
      .split('\n')
      .map((line) => s2rRecordSchema.parse(JSON.parse(line)));
    expect(records.length).toBeGreaterThan(0);
    for (const { gen, answer } of records) {
      expect(gen).toMatchObject({ model: 'nano', critic: { model: 'served', modelSha256: null } });
      expect(answer).toMatch(/Therefore, the answer is correct\.$/);
    }
  });
});
