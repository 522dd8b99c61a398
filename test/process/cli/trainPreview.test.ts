/** `reflection train --estimate` and `--dry-run`: told before anything starts, and nothing is written. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { trainConfigSchema } from '../../../src/core/schema/trainConfig.ts';
import { trainEstimateSchema } from '../../../src/core/schema/trainEstimate.ts';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { NANO, runCli, workspaceWith } from './cli.ts';

const PROBLEMS = path.join(packageRoot(), 'media/problems/demo-60.jsonl');
const online = ['train', 'rlerr-nano', '--data', PROBLEMS, '--model', NANO];

const dryRunSchema = z.object({
  config: trainConfigSchema,
  launcher: z.string(),
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  launcherConfig: z.string().nullable(),
});

describe('reflection train, before it starts', () => {
  it('estimates steps, tokens, memory and disk', async () => {
    const cwd = await workspaceWith({});
    const { stdout, code } = await runCli([...online, '--estimate', '--json'], { cwd });
    expect(code).toBe(0);
    const found = trainEstimateSchema.parse(JSON.parse(stdout));
    expect(found).toMatchObject({ parameters: 923_904, records: 60, steps: 45, tokensAreLimit: true });
    expect(found.memory.total).toBeGreaterThan(16 * found.parameters);
    expect(found.available.disk).toBeGreaterThan(0);
    expect(existsSync(path.join(cwd, '.reflection', 'runs'))).toBe(false);
  });

  it('refuses in an estimate what it would refuse in a run', async () => {
    const cwd = await workspaceWith({});
    const wrong = [...online, '--estimate', '--set', 'rollouts.problems=100', '--set', 'batchSize=800'];
    const { stderr, code } = await runCli(wrong, { cwd });
    expect(code).not.toBe(0);
    expect(stderr).toContain('60 problems are left, but a batch of rollouts needs 100');
  });

  it('shows the complete configuration and the command of a sharded run, with its launcher configuration', async () => {
    const cwd = await workspaceWith({});
    const sharded = ['--set', 'sharding=fsdp', '--set', 'worldSize=4', '--evaluate-on', PROBLEMS];
    const { stdout, code } = await runCli([...online, ...sharded, '--dry-run', '--json'], { cwd });
    expect(code).toBe(0);
    const { config, launcher, command, env, launcherConfig } = dryRunSchema.parse(JSON.parse(stdout));
    expect(config).toMatchObject({ method: 'rlerr', recipe: 'rlerr-nano', worldSize: 4 });
    expect(config.evaluation.path).toBe(PROBLEMS);
    expect(launcher).toBe('accelerate');
    expect(command.join(' ')).toContain(
      '--num_processes 4 --mixed_precision no --main_process_port 0 --module reflection_trainer',
    );
    expect(env).toEqual({ TORCH_ELASTIC_SHUTDOWN_TIMEOUT: '120' });
    expect(launcherConfig).toContain('distributed_type: FSDP');
    expect(existsSync(path.join(cwd, '.reflection', 'runs'))).toBe(false);
  });
});
