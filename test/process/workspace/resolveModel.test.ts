import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nanoPrompts, reasoningPrompts } from '../../../src/core/prompts/index.ts';
import type { WorkspaceConfigInput } from '../../../src/core/schema/workspace.ts';
import { createRun, runsRoot } from '../../../src/node/runs/index.ts';
import {
  nanoModelFile,
  readWorkspace,
  resolveModel,
  resolvePrompts,
  weightsDirectory,
} from '../../../src/node/workspace/index.ts';
import { manifest, problems, temporaryDir } from '../runs/fixtures.ts';

async function workspaceWith(config?: WorkspaceConfigInput | string) {
  const dir = await temporaryDir();
  if (config !== undefined) {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    await writeFile(path.join(dir, 'reflection.json'), text);
  }
  return dir;
}

/** A training run with checkpoints; those in `incomplete` were never finished. */
async function trainingRun(
  dir: string,
  id: string,
  steps: number[],
  trainedFrom: string,
  incomplete: number[] = [],
) {
  await createRun(path.join(runsRoot(dir), id), manifest(id, { kind: 'train' }), problems);
  for (const step of [...steps, ...incomplete]) {
    const checkpoint = path.join(runsRoot(dir), id, 'checkpoints', `step-${String(step).padStart(6, '0')}`);
    await mkdir(checkpoint, { recursive: true });
    await writeFile(path.join(checkpoint, 'model.gguf'), 'GGUF');
    const mark = { step, worldSize: 1, files: {}, gguf: 'model.gguf', trainedFrom, dataSha256: 'x' };
    if (steps.includes(step)) await writeFile(path.join(checkpoint, 'complete.json'), JSON.stringify(mark));
  }
  return path.join(runsRoot(dir), id);
}

describe('reflection.json', () => {
  it('is not needed', async () => {
    const workspace = await readWorkspace(await workspaceWith());
    expect(workspace).toMatchObject({ file: null, config: { models: {}, defaults: {} } });
  });

  it('names the field that does not fit, and the file that is no JSON', async () => {
    const dir = await workspaceWith({ models: { a: { engine: 'llama', path: 'a.gguf', slots: 0 } } });
    await expect(readWorkspace(dir)).rejects.toMatchObject({ place: { field: 'models.a.slots' } });
    const misspelt = await workspaceWith('{"modles": {}}');
    await expect(readWorkspace(misspelt)).rejects.toMatchObject({
      located: expect.stringMatching(/reflection\.json: Unrecognized key: "modles"$/),
    });
    await expect(readWorkspace(await workspaceWith('{,}'))).rejects.toMatchObject({ code: 'bad-config' });
  });

  it('changes a preset in some of its texts', async () => {
    const dir = await workspaceWith({ prompts: { terse: { system: 'Be brief.' } } });
    const workspace = await readWorkspace(dir);
    expect(resolvePrompts(workspace, 'terse')).toEqual({ ...reasoningPrompts, system: 'Be brief.' });
    expect(() => resolvePrompts(workspace, 'tersee')).toThrow('tersee');
    expect(() => resolvePrompts(workspace, 'toString')).toThrow('toString');
  });
});

describe('a model by name', () => {
  it('is the embedded one', async () => {
    const workspace = await readWorkspace(await workspaceWith());
    expect(await resolveModel(workspace, 'nano')).toMatchObject({
      config: { engine: 'llama', path: nanoModelFile(), gpu: 'auto' },
      prompts: nanoPrompts,
      origin: 'embedded',
    });
  });

  it('stands in reflection.json, with a path from there and prompts of its own', async () => {
    const dir = await workspaceWith({
      models: {
        mine: { engine: 'llama', path: 'models/a.gguf', prompts: 'nano', gpu: 'cpu' },
        served: { engine: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', model: 'qwen' },
      },
    });
    const workspace = await readWorkspace(dir);
    expect(await resolveModel(workspace, 'mine')).toEqual({
      config: { name: 'mine', engine: 'llama', path: path.join(dir, 'models/a.gguf'), gpu: 'cpu' },
      prompts: nanoPrompts,
      origin: 'workspace',
    });
    expect(await resolveModel(workspace, 'served')).toMatchObject({
      config: { name: 'served', engine: 'openai', model: 'qwen', concurrency: 8 },
      prompts: reasoningPrompts,
    });
    await expect(resolveModel(workspace, 'mien')).rejects.toMatchObject({
      code: 'model-unknown',
      remedy: expect.stringContaining('mine'),
    });
  });

  it('is a served one', async () => {
    const workspace = await readWorkspace(await workspaceWith());
    expect(await resolveModel(workspace, 'openai:org/model@v2@http://host:1/v1')).toMatchObject({
      config: { engine: 'openai', model: 'org/model@v2', baseUrl: 'http://host:1/v1' },
      origin: 'server',
    });
    await expect(resolveModel(workspace, 'openai:x')).rejects.toMatchObject({ code: 'model-server' });
    await expect(resolveModel(workspace, 'openai:x@file:///etc')).rejects.toMatchObject({
      code: 'model-server',
    });
  });
});

describe('a model by path', () => {
  it('is a GGUF file, and nothing else', async () => {
    const dir = await workspaceWith();
    await writeFile(path.join(dir, 'a.gguf'), 'GGUF and more');
    await writeFile(path.join(dir, 'b.gguf'), '<html>');
    const workspace = await readWorkspace(dir);
    expect(await resolveModel(workspace, 'a.gguf')).toMatchObject({
      config: { name: 'a' },
      prompts: reasoningPrompts,
    });
    await expect(resolveModel(workspace, 'b.gguf')).rejects.toMatchObject({ code: 'model-not-gguf' });
    await expect(resolveModel(workspace, 'c.gguf')).rejects.toMatchObject({
      code: 'model-missing',
      place: { file: path.join(dir, 'c.gguf') },
    });
  });

  it('is not a Hugging Face directory, which can only be trained', async () => {
    const dir = await workspaceWith();
    await mkdir(path.join(dir, 'qwen'));
    await writeFile(path.join(dir, 'qwen', 'config.json'), '{}');
    const workspace = await readWorkspace(dir);
    expect(await weightsDirectory(workspace, 'qwen')).toBe(path.join(dir, 'qwen'));
    expect(await weightsDirectory(workspace, 'nano')).toBeNull();
    await expect(resolveModel(workspace, 'qwen')).rejects.toMatchObject({
      code: 'model-not-gguf',
      remedy: expect.stringContaining('convert_hf_to_gguf.py'),
    });
  });

  it('is the newest complete checkpoint of a training run, or the one named', async () => {
    const dir = await workspaceWith();
    const run = await trainingRun(dir, '20260101-100000-train-scft', [10, 28], nanoModelFile(), [40]);
    const workspace = await readWorkspace(dir);
    const newest = { config: { name: '20260101-100000-train-scft@step-000028' }, prompts: nanoPrompts };
    expect(await resolveModel(workspace, run)).toMatchObject(newest);
    expect(await resolveModel(workspace, 'train-scft')).toMatchObject(newest);
    expect(await resolveModel(workspace, path.join(run, 'checkpoints', 'step-000028'))).toMatchObject(newest);
    for (const wanted of ['train-scft@step-000010', '20260101@10']) {
      expect(await resolveModel(workspace, wanted)).toMatchObject({
        checkpoint: { step: 10 },
        origin: 'checkpoint',
      });
    }
    await expect(resolveModel(workspace, 'train-scft@step-000040')).rejects.toMatchObject({
      code: 'no-checkpoint',
      remedy: expect.stringContaining('step-000028'),
    });
  });

  it('keeps the prompts of the model at the root of its line', async () => {
    const dir = await workspaceWith({
      models: { base: { engine: 'llama', path: 'base.gguf', prompts: 'nano' } },
    });
    const first = await trainingRun(dir, 'first', [3], path.join(dir, 'base.gguf'));
    await trainingRun(dir, 'second', [5], path.join(first, 'checkpoints', 'step-000003', 'model.gguf'));
    await trainingRun(dir, 'third', [5], path.join(dir, 'other.gguf'));
    const workspace = await readWorkspace(dir);
    expect((await resolveModel(workspace, 'second')).prompts).toEqual(nanoPrompts);
    expect((await resolveModel(workspace, 'third')).prompts).toEqual(reasoningPrompts);
  });

  it('keeps the prompts that its run recorded, wherever the model has gone', async () => {
    const dir = await workspaceWith();
    const run = await trainingRun(dir, 'moved', [3], '/gone/nano.gguf');
    const own = { ...nanoPrompts, system: 'Think.' };
    await writeFile(
      path.join(run, 'run.json'),
      JSON.stringify(manifest('moved', { kind: 'train', prompts: own })),
    );
    expect((await resolveModel(await readWorkspace(dir), 'moved')).prompts).toEqual(own);
  });

  it('says so when a run has no checkpoint', async () => {
    const dir = await workspaceWith();
    await createRun(path.join(runsRoot(dir), 'evaluation'), manifest('evaluation'), problems);
    const workspace = await readWorkspace(dir);
    await expect(resolveModel(workspace, 'evaluation')).rejects.toMatchObject({ code: 'no-checkpoint' });
  });
});
