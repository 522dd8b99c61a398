/** LoRA adapters on a GGUF model. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { llamaModelSchema } from '../../../src/core/schema/model.ts';
import { modelIdentitySchema } from '../../../src/core/schema/run.ts';
import { ask, closesEngines, collect, generatedModels, never, open, temporaryFolder } from './models.ts';

const model = generatedModels();
const folder = temporaryFolder();
closesEngines();

const base = () =>
  ({ name: 'tiny', engine: 'llama', path: model('tiny'), gpu: 'cpu', processes: 1, slots: 2 }) as const;

async function logprobs(config: object): Promise<readonly number[]> {
  const engine = await open({ ...base(), ...config });
  // Greedy: the same tokens wherever the distributions are the same.
  const request = { ...ask('x', 'Say something.', 1, { temperature: 0 }), logprobs: true };
  const [row] = await collect(engine.sample([request], never));
  expect(row).not.toHaveProperty('error');
  return row?.logprobs?.values ?? [];
}

describe('a LoRA adapter', () => {
  it('acts like the weights with it merged in, and at scale 0 not at all', async () => {
    const merged = await logprobs({ path: model('tiny-merged') });
    const adapted = await logprobs({ lora: [{ path: model('adapter') }] });
    const plain = await logprobs({});
    expect(adapted).toHaveLength(merged.length);
    adapted.forEach((value, index) => {
      expect(value).toBeCloseTo(merged[index] ?? Number.NaN, 2);
    });
    expect(adapted.some((value, index) => Math.abs(value - (plain[index] ?? 0)) > 0.1)).toBe(true);
    expect(await logprobs({ lora: [{ path: model('adapter'), scale: 0 }] })).toEqual(plain);
  });

  it('adds up with another one', async () => {
    const copy = path.join(folder, 'copy.gguf');
    copyFileSync(model('adapter'), copy);
    const once = await logprobs({ lora: [{ path: model('adapter') }] });
    const parts = [
      { path: model('adapter'), scale: 0.25 },
      { path: copy, scale: 0.75 },
    ];
    const both = await logprobs({ lora: parts });
    both.forEach((value, index) => {
      expect(value).toBeCloseTo(once[index] ?? Number.NaN, 2);
    });
  });

  it('cannot be named twice: llama.cpp would keep the last strength only', () => {
    const twice = [{ path: 'a.gguf' }, { path: 'a.gguf', scale: 2 }];
    expect(llamaModelSchema.safeParse({ ...base(), lora: twice }).success).toBe(false);
  });

  it('is part of the identity of the model', async () => {
    const engine = await open({ ...base(), lora: [{ path: model('adapter'), scale: 0.5 }] });
    expect(modelIdentitySchema.parse(engine.identity)).toEqual(engine.identity);
    const sha256 = createHash('sha256')
      .update(readFileSync(model('adapter')))
      .digest('hex');
    expect(engine.identity.lora).toEqual([{ path: model('adapter'), scale: 0.5, sha256 }]);
    expect((await open(base())).identity).not.toHaveProperty('lora');
  });

  it.each([
    ['missing', 'model-missing', /does not exist/],
    ['not-a-model', 'model-not-gguf', /not a GGUF/],
    ['truncated-header', 'model-unusable', /damaged/],
    ['adapter-truncated', 'adapter-unusable', /adapter/],
    ['adapter-wide', 'adapter-unusable', /adapter/],
    // A model is no adapter.
    ['tiny', 'adapter-unusable', /adapter/],
  ])('%s: is refused by its own name', async (name, code, reason) => {
    const error = await open({ ...base(), lora: [{ path: model(name) }] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      code,
      place: { file: model(name) },
      message: expect.stringMatching(reason),
    });
  });
});
