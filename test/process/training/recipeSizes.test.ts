/** Every recipe fits where its description says it runs, by the trainer's own estimate. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { recipes } from '../../../src/core/recipes/index.ts';
import { rolloutsOf, trainConfigSchema } from '../../../src/core/schema/trainConfig.ts';
import { findTrainerPython } from '../../../src/node/training/index.ts';

const GPU_BYTES = 80e9;

/** Shapes of Qwen2.5 and of its distillations: the models of both papers. */
const SHAPES = {
  '1.5b': [151_936, 1536, 28, 12, 2, 128, 8960, true],
  '7b': [152_064, 3584, 28, 28, 4, 128, 18_944, false],
  '14b': [152_064, 5120, 48, 40, 8, 128, 13_824, false],
} as const;

const SCRIPT = `
import json, sys
from reflection_trainer.estimate import Shape, memory
rows = json.load(sys.stdin)
print(json.dumps([
    [Shape(*row["shape"], True, False).parameters(),
     memory(row["config"], Shape(*row["shape"], True, False), row["config"]["maxLength"], row["config"]["worldSize"] or 1, True).total]
    for row in rows
]))`;

const large = recipes.flatMap((recipe) => {
  const size = Object.entries(SHAPES).find(([id]) => recipe.id.includes(`-${id}`));
  const config = trainConfigSchema.parse({ ...recipe.config, model: { path: 'm' }, data: { path: 'd' } });
  return size ? [{ id: recipe.id, shape: size[1], config }] : [];
});

it('fits the GPUs that recipes name, also with the longest records', async () => {
  const python = await findTrainerPython();
  const printed = execFileSync(python.command, ['-c', SCRIPT], {
    encoding: 'utf8',
    input: JSON.stringify(large),
    env: { ...process.env, ...python.env },
  });
  const found = z.array(z.tuple([z.number(), z.number()])).parse(JSON.parse(printed));
  expect(found).toHaveLength(large.length);
  const tooLarge = large.flatMap(({ id, config }, at) => {
    const vllm = rolloutsOf(config)?.vllm;
    const room = GPU_BYTES * (1 - (vllm?.memoryShare ?? 0));
    const [parameters, need] = found[at] ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    // vLLM holds the weights in bfloat16, and needs some of its share for keys and values.
    const engine = vllm ? (2 * parameters) / vllm.tensorParallel : 0;
    if (vllm && engine > 0.8 * GPU_BYTES * vllm.memoryShare)
      return [`${id}: vLLM ${(engine / 1e9).toFixed(1)} GB`];
    return need > room ? [`${id}: ${(need / 1e9).toFixed(1)} GB of ${(room / 1e9).toFixed(0)} GB`] : [];
  });
  expect(tooLarge).toEqual([]);
  const parameters = new Set(found.map(([count]) => (count / 1e9).toFixed(1)));
  expect([...parameters].sort()).toEqual(['1.5', '14.8', '7.6']);
});
