import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyDashboardUpdate,
  type DashboardContent,
  type DashboardHead,
  type DashboardUpdate,
  dashboardUpdate,
} from '../../../src/core/protocol/dashboard.ts';
import { downsample } from '../../../src/core/runs/curves.ts';
import {
  foldRollout,
  newRolloutFold,
  ROLLOUTS_KEPT,
  rewardSentence,
} from '../../../src/core/runs/rollouts.ts';

const head = (step: number): DashboardHead => ({
  id: 'run',
  title: 'run',
  model: 'nano',
  state: 'running',
  tone: 'busy',
  step,
  total: 100,
  etaSeconds: null,
  numbers: [],
  detail: null,
  checkpoints: 0,
  canStop: true,
  canResume: false,
  recipe: 'rlerr',
  startedAt: 1,
  endedAt: null,
  groups: [],
  checkpointRows: [],
  alarms: [],
  logs: [],
  trusted: true,
});

/** A run after so many steps, with rollouts of three prompts. */
function content(steps: number, metrics: readonly string[] = ['loss', 'reward']): DashboardContent {
  const fold = newRolloutFold();
  for (let step = 1; step <= steps; step += 1) {
    foldRollout(fold, {
      type: 'rollout',
      t: step,
      step,
      prompt: `prompt ${step % 3}`,
      completion: `text ${step}`,
      rewards: { outcome: step % 2 },
      advantage: 0,
      stratum: step % 2 === 0 ? 'best' : 'worst',
    });
  }
  const series = Array.from({ length: steps }, (_, at): [number, number] => [at + 1, Math.cos(at)]);
  return {
    head: head(steps),
    curves: metrics.map((name) => downsample(name, series, 64)),
    rollouts: fold.rows,
  };
}

const asSent = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe('updates of the dashboard', () => {
  it('lead from any moment of a run to any other, also back to an earlier step', () => {
    const moment = fc.integer({ min: 0, max: 900 });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const [before, after] = [content(one), content(other)];
        const update = dashboardUpdate(before, after);
        if (update === null) expect(one).toBe(other);
        else expect(applyDashboardUpdate(before, asSent(update))).toEqual(asSent(after));
      }),
      { numRuns: 60 },
    );
  });

  it('are small: one more step sends its points, not the run', () => {
    const update = dashboardUpdate(content(40), content(41));
    expect(update?.curves.map(({ curve }) => curve.steps)).toEqual([[41], [41]]);
    expect(update?.rollouts?.rows).toHaveLength(1);
  });

  it('are none where nothing changed', () => {
    expect(dashboardUpdate(content(10), content(10))).toBeNull();
  });

  it('bring new metrics and take old ones away', () => {
    const [before, after] = [content(5, ['loss', 'kl']), content(5, ['loss', 'entropy'])];
    const update = dashboardUpdate(before, after);
    expect(update && applyDashboardUpdate(before, update)?.curves.map(({ name }) => name)).toEqual([
      'loss',
      'entropy',
    ]);
  });

  it('are refused, not believed, when they do not fit', () => {
    const update = fc.record({
      head: fc.constant(null),
      names: fc.array(fc.constantFrom('loss', 'reward', 'unknown')),
      curves: fc.array(
        fc.record({
          from: fc.nat(100),
          curve: fc.constantFrom('loss', 'unknown').map((name) => downsample(name, [[1, 1]])),
        }),
      ),
      rollouts: fc.option(fc.record({ from: fc.nat(100), rows: fc.constant([]) })),
    });
    fc.assert(
      fc.property(update, (change: DashboardUpdate) => {
        const applied = applyDashboardUpdate(content(10), change);
        if (applied !== null) expect(applied.curves.map(({ name }) => name)).toEqual(change.names);
      }),
    );
  });
});

describe('rollouts that are kept', () => {
  it('are bounded, reach from the first step to the last, and keep the newest whole', () => {
    const rows = content(5000).rollouts;
    expect(rows.length).toBeLessThanOrEqual(ROLLOUTS_KEPT);
    expect(rows[0]?.step).toBe(1);
    expect(rows.slice(-100).map(({ step }) => step)).toEqual(
      Array.from({ length: 100 }, (_, at) => 4901 + at),
    );
  });

  it('hold the beginning and the end of a text of any length', () => {
    const fold = newRolloutFold();
    const completion = `start${'x'.repeat(10_000_000)}end`;
    foldRollout(fold, {
      type: 'rollout',
      t: 1,
      step: 1,
      prompt: 'p',
      completion,
      rewards: {},
      advantage: null,
    });
    const [row] = fold.rows;
    expect(row?.length).toBe(completion.length);
    expect(row?.completion.length).toBeLessThan(1000);
    expect(row?.completion).toMatch(/^start.*…x*end$/s);
  });

  it('say their reward as a sum', () => {
    expect(rewardSentence({ outcome: 1, reflection: 0.4, judge: null })).toBe(
      'outcome 1 + reflection 0.4 = 1.4',
    );
    expect(rewardSentence({ outcome: 1 })).toBe('outcome 1');
    expect(rewardSentence({})).toBe('not measured');
  });
});
