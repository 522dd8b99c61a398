import { expect, it } from 'vitest';
import { trainingRow } from '../../../src/core/protocol/trainingRow.ts';
import { runState } from '../../../src/core/runs/index.ts';
import type { RunEvent } from '../../../src/core/schema/event.ts';
import type { RunManifest } from '../../../src/core/schema/run.ts';

const made = Date.parse('2026-01-01T00:00:00Z') / 1000;
const manifest: RunManifest = {
  schemaVersion: 1,
  id: 'run',
  kind: 'train',
  title: 'scft-nano from nano',
  createdAt: '2026-01-01T00:00:00Z',
  seed: 0,
  n: 0,
  options: {},
  parents: [],
  host: { name: 'h', platform: 'linux', cpus: 1, memoryBytes: 1 },
  workbench: { version: '0', commit: null },
  commandLine: [],
};
const start: RunEvent = { type: 'run_start', t: made, pid: 1, processStart: null, host: 'h', total: 10 };
const step = (at: number, loss: number | null): RunEvent => ({
  type: 'step',
  t: made + at,
  step: at,
  total: 10,
  metrics: { loss },
});
const rowOf = (events: RunEvent[], now: number, processAlive: boolean | null = true) =>
  trainingRow(manifest, runState(events, { now, processAlive }), now);

it('a running training shows step, loss and what is left, and can be stopped', () => {
  const { head, curve } = rowOf([start, step(1, 0.9), step(2, 0.5)], made + 2);
  expect(head).toMatchObject({
    state: 'running',
    tone: 'busy',
    step: 2,
    total: 10,
    numbers: [{ name: 'loss', text: '0.500' }],
    canStop: true,
  });
  expect(head.etaSeconds).toBeCloseTo(8);
  expect(curve).toEqual({ name: 'loss', steps: [1, 2], values: [0.9, 0.5] });
});

it('a training with a reward shows the reward, what reflections gain and lose, and the drift', () => {
  const rewarded: RunEvent = {
    type: 'step',
    t: made + 3,
    step: 3,
    total: 10,
    metrics: {
      loss: 0.01,
      reward: 0.91,
      kl: 0.0042,
      'reflection/i_to_c_per_100': 23.4,
      'reflection/c_to_i_per_100': 11,
    },
  };
  const { head, curve } = rowOf([start, step(2, 0.02), rewarded], made + 3);
  expect(head.numbers).toEqual([
    { name: 'reward', text: '0.910' },
    { name: 'i→c / c→i per 100', text: '23 / 11' },
    { name: 'KL', text: '0.0042' },
  ]);
  expect(curve).toEqual({ name: 'reward', steps: [3], values: [0.91] });
});

it('a lost training says from where resuming goes on', () => {
  const checkpoint: RunEvent = {
    type: 'checkpoint',
    t: made + 5,
    step: 5,
    path: 'checkpoints/step-000005',
    bytes: 1,
    gguf: true,
  };
  const { head } = rowOf([start, step(5, 0.1), checkpoint], made + 6, false);
  expect(head).toMatchObject({ state: 'lost', tone: 'bad', canStop: false, canResume: true });
  expect(head.detail).toContain('step 5');
});

it('a failed training shows the first line of its error', () => {
  const end: RunEvent = {
    type: 'run_end',
    t: made + 1,
    status: 'failed',
    error: 'CUDA out of memory\n  File ...',
  };
  expect(rowOf([start, end], made + 1).head.detail).toBe('CUDA out of memory');
});

it('a training that never started is waited for, but not for ever', () => {
  expect(rowOf([], made + 10).head).toMatchObject({ tone: 'busy', canResume: false });
  expect(rowOf([], made + 600).head).toMatchObject({ tone: 'warning', canResume: true });
});

it('a training of a hundred thousand steps is drawn with as many points as a side bar has pixels', () => {
  const steps = Array.from({ length: 100_000 }, (_, at) => step(at + 1, 1 / (at + 1)));
  const { curve, head } = rowOf([start, ...steps], made + 100_000);
  expect(head.step).toBe(100_000);
  expect(curve.steps.length).toBeLessThanOrEqual(300);
  expect(curve.steps.at(-1)).toBe(100_000);
});
