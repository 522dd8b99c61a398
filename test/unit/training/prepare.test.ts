import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import { type TrainingRequest, trainingConfig } from '../../../src/node/training/index.ts';

const request = {
  data: '/data.jsonl',
  model: '/model',
  seed: 7,
  prompts: null,
  evaluationPath: null,
  overrides: {},
};

async function refusal(wrong: Partial<TrainingRequest> & { recipe: string }): Promise<string> {
  const error = await trainingConfig({ ...request, ...wrong }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return error instanceof UserError ? `${error.place?.field}: ${error.message} ${error.remedy}` : '';
}

describe('the configuration of a training run', () => {
  it('overrules a field of a section and leaves the rest of the section alone', async () => {
    const overrides = { 'rollouts.problems': '4', 'lora.rank': '8', learningRate: '3e-4', batchSize: '32' };
    const config = await trainingConfig({ ...request, recipe: 'rlerr-nano', overrides });
    expect(config).toMatchObject({
      learningRate: 3e-4,
      rollouts: { problems: 4, perProblem: 8, maxTokens: 400 },
      lora: { rank: 8, alpha: 32 },
    });
    const again = await trainingConfig({ ...request, recipe: 'rlerr-nano' });
    expect(again).toMatchObject({ rollouts: { problems: 8 }, lora: null });
  });

  it('asks the model as it is asked elsewhere, unless the recipe knows better', async () => {
    const system = 'Think.';
    const prompts = { ...nanoPrompts, system };
    const plain = await trainingConfig({ ...request, recipe: 'scft-7b', prompts });
    expect(plain.prompts).toMatchObject({ system, solutionSlot: 'last-attempt' });
    const nano = await trainingConfig({ ...request, recipe: 'scft-nano', prompts });
    expect(nano.prompts.system).toBeNull();
  });

  it('measures on a held-out set where one is given', async () => {
    const config = await trainingConfig({
      ...request,
      recipe: 'scft-nano',
      evaluationPath: '/held-out.jsonl',
    });
    expect(config.evaluation).toMatchObject({ path: '/held-out.jsonl', maxTokens: 400 });
  });

  it('names the wrong field, also inside a section', async () => {
    expect(await refusal({ recipe: 'scft-nano', overrides: { epoch: '3' } })).toContain(
      'epoch: unknown field Did you mean "epochs"?',
    );
    expect(await refusal({ recipe: 'scft-nano', overrides: { rollouts: '{}' } })).toContain(
      'rollouts: unknown',
    );
    expect(await refusal({ recipe: 'prl-nano', overrides: { 'rollouts.perProblm': '4' } })).toContain(
      'rollouts.perProblm: unknown field',
    );
    expect(await refusal({ recipe: 'prl-nano', overrides: { 'rollouts.perProblem': '1' } })).toContain(
      'rollouts.perProblem: ',
    );
    expect(await refusal({ recipe: 'scft-nan' })).toContain('Did you mean scft-nano');
  });

  it('says how recipes are named, and where the fields stand, without a wall of names', async () => {
    const unknown = await refusal({ recipe: 'nothing' });
    expect(unknown).toMatch(/METHOD-SIZE.*scft, .*rlerr, .*nano, 1\.5b/);
    expect(unknown.length).toBeLessThan(500);
    expect(await refusal({ recipe: 'sctf-nano' })).toContain('Did you mean scft-nano');
    const wrong = await refusal({ recipe: 'scft-nano', overrides: { epochs: 'many' } });
    expect(wrong).toMatch(/epochs: .*--dry-run/);
  });

  it('says what a recipe file should be', async () => {
    const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'recipe-')), 'mine.json');
    expect(await refusal({ recipe: file })).toContain('cannot be read');
    await writeFile(file, '{"method": ');
    expect(await refusal({ recipe: file })).toContain('It is a JSON object');
    await writeFile(file, '{"method": "sctf"}');
    expect(await refusal({ recipe: file })).toContain('method: ');
  });
});
