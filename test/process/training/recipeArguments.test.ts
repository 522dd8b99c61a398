/** TRL takes every recipe as it is meant: names and values, also those of vLLM, without a GPU. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { recipes } from '../../../src/core/recipes/index.ts';
import { rolloutsOf, trainConfigSchema } from '../../../src/core/schema/trainConfig.ts';
import { launchPlan } from '../../../src/core/training/index.ts';
import { findTrainerPython } from '../../../src/node/training/index.ts';

/** Constructs the arguments of each recipe, as one of its processes does; an unknown name or a bad value raises. */
const SCRIPT = `
import json, sys, tempfile
from pathlib import Path
from reflection_trainer.arguments import common_arguments
from reflection_trainer.config import complete_config
from reflection_trainer.method import load_method
from trl.scripts.vllm_serve import make_parser
asked = json.load(sys.stdin)
server, unknown = make_parser().parse_args_and_config(asked["server"], return_remaining_strings=True)
found = {}
for name, written in asked["recipes"].items():
    config = complete_config(written)
    common = common_arguments(config, Path(tempfile.gettempdir()), 20_000, config["worldSize"] or 1)
    args = load_method(config["method"]).arguments(common, config)
    vllm = {key: value for key, value in vars(args).items() if key.startswith(("vllm_", "use_vllm"))}
    found[name] = {"class": type(args).__name__, "vllm": vllm}
print(json.dumps({"recipes": found, "server": {"model": server.model, "port": server.port, "length": server.max_model_len, "unknown": unknown}}))`;

const foundSchema = z.object({
  recipes: z.record(z.string(), z.object({ class: z.string(), vllm: z.record(z.string(), z.unknown()) })),
  server: z.unknown(),
});

const configs = recipes.map((recipe) => ({
  id: recipe.id,
  config: trainConfigSchema.parse({ ...recipe.config, model: { path: 'm' }, data: { path: 'd' } }),
}));

it('constructs the arguments of every recipe, and those of a vLLM server', { timeout: 240_000 }, async () => {
  const python = await findTrainerPython();
  const served = trainConfigSchema.parse({
    ...{ method: 'rlerr', model: { path: 'models/m' }, data: { path: 'd' }, maxLength: 9000 },
    rollouts: { vllm: { mode: 'server', serverUrl: 'http://node1:8001' } },
  });
  const [server] = launchPlan(served, 'config.json', 'configs').beside;
  const asked = {
    recipes: Object.fromEntries(configs.map(({ id, config }) => [id, config])),
    server: server?.command.slice(2),
  };
  const printed = execFileSync(python.command, ['-c', SCRIPT], {
    encoding: 'utf8',
    input: JSON.stringify(asked),
    env: { ...process.env, ...python.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { recipes: found, server: understood } = foundSchema.parse(
    JSON.parse(printed.trim().split('\n').at(-1) ?? ''),
  );
  expect(server?.command.slice(0, 2)).toEqual(['trl', 'vllm-serve']);
  expect(understood).toEqual({ model: 'models/m', port: 8001, length: 9000, unknown: [] });
  expect(Object.keys(found)).toEqual(configs.map(({ id }) => id));
  const classes: Readonly<Record<string, string>> = {
    rlerr: 'GRPOConfig',
    prl: 'GRPOConfig',
    orl: 'RLOOConfig',
  };
  let withVllm = 0;
  for (const { id, config } of configs) {
    const rollouts = rolloutsOf(config);
    if (rollouts === null) continue;
    const made = found[id];
    expect(made?.class, id).toBe(classes[config.method]);
    expect(made?.vllm.use_vllm, id).toBe(rollouts.vllm !== null);
    if (rollouts.vllm === null) continue;
    withVllm++;
    expect(made?.vllm, id).toMatchObject({
      vllm_mode: rollouts.vllm.mode,
      vllm_gpu_memory_utilization: rollouts.vllm.memoryShare,
      vllm_tensor_parallel_size: rollouts.vllm.tensorParallel,
      vllm_max_model_length: config.maxLength,
    });
    // TRL divides the processes into groups that share one engine.
    expect((config.worldSize ?? 1) % rollouts.vllm.tensorParallel, id).toBe(0);
  }
  expect(withVllm).toBeGreaterThan(5);
});
