/** The command that a configuration is started with, and the estimate as a person reads it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipes } from '../../../src/core/recipes/index.ts';
import { type TrainConfig, trainConfigSchema } from '../../../src/core/schema/trainConfig.ts';
import { trainEstimateSchema } from '../../../src/core/schema/trainEstimate.ts';
import { estimateLines, launchPlan, quoteArgument } from '../../../src/core/training/index.ts';
import { trainerLaunch } from '../../../src/node/training/index.ts';

function config(fields: Record<string, unknown> = {}): TrainConfig {
  return trainConfigSchema.parse({ method: 'scft', model: { path: 'm' }, data: { path: 'd' }, ...fields });
}
const words = (fields: Record<string, unknown>) =>
  launchPlan(config(fields), 'run/config.json', 'configs').args.join(' ');

describe('the launch plan', () => {
  it('starts one process plainly', () => {
    expect(words({})).toBe('-m reflection_trainer --config run/config.json');
    expect(words({ worldSize: 1 })).toBe(words({}));
  });

  it('starts several with torchrun, which waits for their checkpoint', () => {
    expect(words({ worldSize: 2 })).toBe(
      '-m torch.distributed.run --standalone --nproc_per_node 2 --shutdown-timeout 120 -m reflection_trainer --config run/config.json',
    );
  });

  it.each(['fsdp', 'zero2', 'zero3'])('gives %s to accelerate with its shipped configuration', (sharding) => {
    const plan = trainerLaunch(config({ sharding, worldSize: 4, precision: 'bfloat16' }), '/run');
    expect(plan.launcher).toBe('accelerate');
    expect(plan.configFile).not.toBeNull();
    expect(existsSync(plan.configFile ?? '')).toBe(true);
    expect(path.basename(plan.configFile ?? '')).toBe(`${sharding}.yaml`);
    expect(plan.args.join(' ')).toContain(
      '--num_processes 4 --mixed_precision bf16 --main_process_port 0 --module reflection_trainer',
    );
    expect(plan.env).toEqual({ TORCH_ELASTIC_SHUTDOWN_TIMEOUT: '120' });
    expect(words({ sharding, precision: 'float32' })).toContain('--mixed_precision no');
  });

  it.each(['none', 'fsdp', 'zero2'])('lets the launcher find a free port (%s)', (sharding) => {
    // torchrun's own port 0 is handed to the processes as it is, which then wait for each other forever
    const args = words({ sharding, worldSize: 2 });
    expect(args).not.toMatch(/--master.port/);
    expect(args).toContain(sharding === 'none' ? '--standalone' : '--main_process_port 0');
  });

  it('names the vLLM server that must run beside it', () => {
    const vllm = { mode: 'server', serverUrl: 'http://node1:8001' };
    const plan = launchPlan(config({ method: 'rlerr', rollouts: { vllm } }), 'c', 'configs');
    expect(plan.beside[0]?.command.join(' ')).toBe(
      'trl vllm-serve --model m --port 8001 --max_model_len 17408',
    );
    expect(launchPlan(config({ method: 'rlerr', rollouts: { vllm: {} } }), 'c', 'configs').beside).toEqual(
      [],
    );
  });

  it('has a plan for every recipe', () => {
    for (const recipe of recipes) {
      const plan = trainerLaunch(config({ ...recipe.config }), '/run');
      expect(plan.args.slice(-2)).toEqual(['--config', path.join('/run', 'config.json')]);
    }
  });

  it('quotes for a shell only what needs it', () => {
    expect(['a-b', 'a b', "it's", ''].map(quoteArgument)).toEqual(['a-b', "'a b'", "'it'\\''s'", "''"]);
  });
});

describe('the estimate', () => {
  const found = trainEstimateSchema.parse({
    parameters: 1_543_714_304,
    trainedParameters: 1_543_714_304,
    processes: 1,
    precision: 'bfloat16',
    steps: 235,
    records: 1500,
    dropped: 3,
    longest: 9000,
    tokens: 1e8,
    tokensAreLimit: false,
    memory: {
      weights: 6.2e9,
      gradients: 6.2e9,
      optimiser: 12.3e9,
      reference: 0,
      casts: 3.1e9,
      activations: 9e9,
      head: 0.4e9,
      cache: 0,
      total: 37.2e9,
    },
    disk: { checkpoint: 21.6e9, kept: 86.4e9 },
    available: { memory: 80e9, device: 'GPU', disk: 500e9 },
    warnings: [],
    advice: [],
  });

  it('shows sizes in units, and only the parts that need memory', () => {
    const lines = new Map(estimateLines(found).map(([what, value]) => [what.trim(), value]));
    expect(lines.get('parameters')).toBe('1,543,714,304');
    expect(lines.get('records')).toBe('1500, 3 left out: too long');
    expect(lines.get('memory of one process')).toBe('37.2 GB of 80.0 GB (GPU, bfloat16)');
    expect(lines.get('optimiser (AdamW)')).toBe('12.3 GB');
    expect(lines.get('checkpoints on disk')).toBe('86.4 GB at most, of 500.0 GB free');
    expect([...lines.keys()]).not.toContain('reference model (KL)');
  });

  it('says that tokens of rollouts are a limit, and what adapters train', () => {
    const online = { ...found, tokensAreLimit: true, trainedParameters: 9_000_000 };
    const lines = estimateLines(online).map(([, value]) => value);
    expect(lines).toContain('1,543,714,304, 9,000,000 trained');
    expect(lines).toContain('100,000,000 at most (longest 9000)');
  });
});
