import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Devices } from '../../../src/core/protocol/inference.ts';
import { fastest, type LaunchWish, layoutsToTry, planLaunch } from '../../../src/node/engines/llamaPlan.ts';

const GB = 1e9;
const cpu = (mathCores: number): Devices => ({ backend: 'cpu', gpus: [], gpuBytes: 0, mathCores });
const gpus = (count: number, backend: Devices['backend'] = 'cuda'): Devices => ({
  backend,
  gpus: Array(count).fill('GPU'),
  gpuBytes: count * 24 * GB,
  mathCores: 16,
});
const wish = (change: Partial<LaunchWish>): LaunchWish => ({
  devices: cpu(4),
  modelBytes: 0.1 * GB,
  processes: undefined,
  environment: {},
  ...change,
});

describe('on the CPU', () => {
  it('measures how a small model uses the cores best', () => {
    const plan = planLaunch(wish({}));
    expect(plan.by).toBe('probe');
    expect(plan.layouts).toEqual([
      { processes: 1, threads: 1 },
      { processes: 1, threads: 3 },
      { processes: 1, threads: 4 },
      { processes: 4, threads: 1 },
    ]);
  });

  it('has nothing to measure with one core, and would measure too long with a large model', () => {
    expect(planLaunch(wish({ devices: cpu(1) }))).toMatchObject({
      by: 'rule',
      layouts: [{ processes: 1, threads: 1 }],
    });
    expect(planLaunch(wish({ modelBytes: 5 * GB }))).toMatchObject({
      by: 'rule',
      layouts: [{ processes: 1, threads: 3 }],
    });
  });

  it('obeys the settings', () => {
    expect(planLaunch(wish({ devices: cpu(9), processes: 2 }))).toMatchObject({
      by: 'settings',
      layouts: [{ processes: 2, threads: 4 }],
    });
  });

  it('never takes more than the cores, nor more than eight of anything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), (cores) => {
        for (const { processes, threads } of layoutsToTry(cores)) {
          expect(processes * threads).toBeLessThanOrEqual(cores);
          expect(Math.max(processes, threads)).toBeLessThanOrEqual(8);
          expect(Math.min(processes, threads)).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});

describe('on GPUs', () => {
  it('gives each GPU a process that sees it alone', () => {
    const { environments, layouts } = planLaunch(wish({ devices: gpus(3) }));
    expect(layouts).toMatchObject([{ processes: 3 }]);
    expect(environments).toEqual(['0', '1', '2'].map((id) => ({ CUDA_VISIBLE_DEVICES: id })));
    expect(planLaunch(wish({ devices: gpus(2, 'vulkan') })).environments).toEqual(
      ['0', '1'].map((id) => ({ GGML_VK_VISIBLE_DEVICES: id })),
    );
  });

  it('keeps to the GPUs that the user chose', () => {
    const environment = { CUDA_VISIBLE_DEVICES: '2, GPU-8f' };
    expect(planLaunch(wish({ devices: gpus(2), environment })).environments).toEqual([
      { CUDA_VISIBLE_DEVICES: '2' },
      { CUDA_VISIBLE_DEVICES: 'GPU-8f' },
    ]);
  });

  it('spreads a model that no single GPU holds over all of them, in one process', () => {
    expect(planLaunch(wish({ devices: gpus(4), modelBytes: 40 * GB }))).toMatchObject({
      environments: [{}],
      layouts: [{ processes: 1 }],
    });
  });

  it('shares one GPU, or takes all, as the settings say', () => {
    expect(planLaunch(wish({ devices: gpus(1), processes: 2 })).environments).toEqual([{}, {}]);
    expect(planLaunch(wish({ devices: gpus(2), processes: 1 })).environments).toEqual([{}]);
    expect(planLaunch(wish({ devices: gpus(2), processes: 4 })).environments).toEqual(
      ['0', '1', '0', '1'].map((id) => ({ CUDA_VISIBLE_DEVICES: id })),
    );
    expect(planLaunch(wish({ devices: gpus(1, 'metal') })).environments).toEqual([{}]);
  });
});

describe('fastest', () => {
  it('takes the simplest of those that are nearly equal', () => {
    const tried = [100, 97, 103, 140, 138].map((tokensPerSecond) => ({ tokensPerSecond }));
    expect(fastest(tried)).toBe(tried[3]);
    expect(fastest(tried.slice(0, 3))).toBe(tried[0]);
    expect(fastest([])).toBeUndefined();
  });
});
