import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { ask, closesEngines, collect, generatedModels, never, open, temporaryFolder } from './models.ts';

const model = generatedModels();
const folder = temporaryFolder();
closesEngines();

async function refusalOf(file: string, config: object = {}): Promise<UserError> {
  const outcome = await open({
    name: 'x',
    engine: 'llama',
    path: file,
    processes: 1,
    slots: 2,
    ...config,
  }).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(UserError);
  return outcome as UserError;
}

describe('a file that is no usable model', () => {
  it.each([
    ['missing', 'model-missing', /does not exist/],
    ['empty', 'model-not-gguf', /empty/],
    ['not-a-model', 'model-not-gguf', /not a GGUF/],
    ['only-magic', 'model-unusable', /damaged: the file ends/],
    ['random', 'model-unusable', /version/],
    ['version-99', 'model-unusable', /version 99/],
    ['truncated-header', 'model-unusable', /damaged/],
    ['truncated-weights', 'model-unusable', /corrupted or incomplete/],
    ['many-keys', 'model-unusable', /damaged: it counts 1152921504606846976/],
    ['many-tensors', 'model-unusable', /damaged: it counts 1152921504606846976/],
    ['no-tensors', 'model-unusable', /missing tensor/],
    ['no-tokens', 'model-unusable', /tokenizer/],
    ['width-wrong', 'model-unusable', /cannot load/],
    ['heads-uneven', 'model-unusable', /cannot load/],
    ['heads-zero', 'model-unusable', /SIGABRT.*GGML_ASSERT/],
    ['no-heads', 'model-unusable', /SIGABRT.*GGML_ASSERT/],
    ['no-feed-forward', 'model-unusable', /SIGABRT.*GGML_ASSERT/],
    ['layers-zero', 'model-unusable', /SIGABRT.*GGML_ASSERT/],
    ['layers-many', 'model-unusable', /SIGABRT.*GGML_ASSERT/],
    ['float64', 'model-unusable', /SIGABRT.*fatal error/],
  ])('%s: names the file, the reason and a remedy', async (name, code, reason) => {
    const error = await refusalOf(model(name));
    expect(error).toMatchObject({
      code,
      place: { file: model(name) },
      message: expect.stringMatching(reason),
    });
    expect(error.remedy.length).toBeGreaterThan(20);
  });

  it('a directory: says so', async () => {
    expect(await refusalOf(folder)).toMatchObject({ code: 'model-is-directory', place: { file: folder } });
  });

  it('a GPU that is not there: says so', async () => {
    // No machine has both.
    const kind = process.platform === 'darwin' ? 'cuda' : 'metal';
    expect(await refusalOf(model('tiny'), { gpu: kind })).toMatchObject({
      code: 'gpu-missing',
      place: { field: 'gpu' },
    });
  });
});

describe('a damaged file', () => {
  const whole = () => readFileSync(model('tiny'));
  /** Where the keys are: damage to the weights is no fault that anything could notice. */
  const headerBytes = 2000;
  const damage = fc.array(fc.tuple(fc.nat({ max: headerBytes }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  const samples = fc.sample(damage, { numRuns: 30, seed: 20_261_121 });

  it.each(samples.map((changes, index) => [index, changes] as const))(
    'number %i works or is refused, and harms nobody',
    async (index, changes) => {
      const bytes = whole();
      for (const [place, value] of changes) bytes[4 + place] = value;
      const file = path.join(folder, `damaged-${index}.gguf`);
      writeFileSync(file, bytes);
      const config = {
        name: 'x',
        engine: 'llama',
        path: file,
        processes: 1,
        slots: 2,
        contextTokens: 128,
      } as const;
      const engine = await open(config).catch((error: unknown) => error);
      if (engine instanceof Error) {
        expect(engine).toBeInstanceOf(UserError);
        expect(engine).toMatchObject({ place: { file }, message: expect.stringMatching(/\S/) });
        return;
      }
      const { sample } = engine as Awaited<ReturnType<typeof open>>;
      const rows = await collect(sample([ask('a', 'hi', 1, { maxTokens: 8 })], never)).catch(
        (error: unknown) => error,
      );
      if (rows instanceof Error) expect(rows).toMatchObject({ code: 'engine-lost' });
      else expect(rows).toMatchObject([{ id: 'a', finish: expect.stringMatching(/^(stop|length|error)$/) }]);
    },
    60_000,
  );
});
