/** How many processes and threads a model gets, and what is remembered of it on this machine. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineFactsSchema } from '../../../src/core/schema/run.ts';
import { hashModelFile, inspectModelFile } from '../../../src/node/engines/modelFile.ts';
import { closesEngines, collect, nano, never, open, problems } from './models.ts';

closesEngines();

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'reflection-cache-'));
  vi.stubEnv('REFLECTION_CACHE_DIR', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const config = { name: 'nano', engine: 'llama', path: nano, gpu: 'cpu', slots: 8 } as const;

describe('processes and threads', () => {
  it.skipIf(availableParallelism() === 1)('are measured once, recorded, and remembered', async () => {
    const { facts } = await open(config);
    expect(engineFactsSchema.parse(facts)).toEqual(facts);
    expect(facts).toMatchObject({ device: 'cpu', backend: 'cpu', layout: { by: 'probe' } });
    const tried = facts.layout?.tried ?? [];
    expect(tried.length).toBeGreaterThanOrEqual(3);
    for (const { tokensPerSecond } of tried) expect(tokensPerSecond).toBeGreaterThan(1);
    expect(tried).toContainEqual(
      expect.objectContaining({ processes: facts.processes, threads: facts.threads }),
    );
    const again = await open(config);
    // Figures of a second measurement would differ.
    expect(again.facts.layout).toEqual(facts.layout);
    expect(again.facts.processes).toBe(facts.processes);
    expect(await collect(again.sample(problems(2, 4), never))).toHaveLength(8);
  });

  it('are what the settings say', async () => {
    const { facts } = await open({ ...config, processes: 2 });
    expect(facts).toMatchObject({ processes: 2, layout: { by: 'settings' } });
    expect(readdirSync(cache)).not.toContain('layouts');
  });
});

describe('the hash of a model file', () => {
  it('is remembered for the file as it is, and computed again when it changed in any way', async () => {
    const file = path.join(cache, 'model.gguf');
    copyFileSync(nano, file);
    const hash = async () => hashModelFile(await inspectModelFile(file), never);
    const truth = () => createHash('sha256').update(readFileSync(file)).digest('hex');
    const first = await hash();
    expect(first).toBe(truth());
    const { mtime, atime } = { mtime: new Date(1e12), atime: new Date(1e12) };
    utimesSync(file, atime, mtime);
    expect(await hash()).toBe(first);
    // Another content of the same size and time.
    const other = path.join(cache, 'other.gguf');
    copyFileSync(nano, other);
    appendFileSync(other, 'x');
    copyFileSync(other, file);
    utimesSync(file, atime, mtime);
    expect(await hash()).toBe(truth());
    expect(await hash()).not.toBe(first);
    expect(readdirSync(path.join(cache, 'hashes')).length).toBeGreaterThanOrEqual(2);
  });

  it('is not asked of the file a second time', async () => {
    const model = await inspectModelFile(nano);
    const first = await hashModelFile(model, never);
    // An aborted signal would end the reading.
    expect(await hashModelFile(model, AbortSignal.abort())).toBe(first);
  });
});
