import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyCurveChange,
  type Curve,
  curveChange,
  curveGroups,
  downsample,
} from '../../../src/core/runs/curves.ts';

/** Ascending steps with values, as a run's fold keeps them. */
const series = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 })), {
    maxLength: 300,
  })
  .map((points) => {
    let step = 0;
    return points.map(([gap, value]): [number, number] => {
      step += gap;
      return [step, value];
    });
  });

describe('a downsampled curve', () => {
  it('has few points, ascending, and keeps the extremes and the last value', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 40 }), (points, buckets) => {
        const curve = downsample('loss', points, buckets);
        expect(curve.steps.length).toBeLessThanOrEqual(buckets);
        expect(curve.steps).toEqual([...curve.steps].sort((a, b) => a - b));
        if (points.length === 0) return;
        const values = points.map(([, value]) => value);
        expect(Math.min(...curve.low)).toBe(Math.min(...values));
        expect(Math.max(...curve.high)).toBe(Math.max(...values));
        expect(curve.last).toBe(values.at(-1));
        expect(curve.steps.at(-1)).toBe(points.at(-1)?.[0]);
        for (const [at, low] of curve.low.entries()) {
          expect(low).toBeLessThanOrEqual(curve.high[at] ?? Number.NaN);
        }
      }),
    );
  });

  it('is the series itself where it fits', () => {
    const points: [number, number][] = [
      [1, 3],
      [2, 1],
      [3, 2],
    ];
    const curve = downsample('loss', points);
    expect(curve.steps).toEqual([1, 2, 3]);
    expect(curve.low).toEqual([3, 1, 2]);
    expect(curve.high).toEqual([3, 1, 2]);
  });

  it('changes at its end only while a run grows, until the buckets double', () => {
    const points = Array.from({ length: 400 }, (_, at): [number, number] => [at + 1, Math.sin(at)]);
    const before = downsample('loss', points.slice(0, 300), 500);
    const after = downsample('loss', points, 500);
    expect(curveChange(before, after)?.from).toBe(300);
  });
});

describe('the change of a curve', () => {
  it('leads from any curve to any other', () => {
    fc.assert(
      fc.property(series, series, (one, other) => {
        const [before, after] = [downsample('a', one, 20), downsample('a', other, 20)];
        const change = curveChange(before, after);
        if (change === null) expect(before.steps).toEqual(after.steps);
        else
          expect(applyCurveChange(before, JSON.parse(JSON.stringify(change)))).toEqual(
            JSON.parse(JSON.stringify(after)),
          );
      }),
    );
  });

  it('is refused where it does not fit', () => {
    const curve: Curve = { name: 'a', steps: [9], low: [1], high: [1], smooth: [1], last: 1 };
    expect(applyCurveChange(undefined, { from: 1, curve })).toBeNull();
  });
});

describe('groups of curves', () => {
  it('hold every metric once, whatever it is called', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (names) => {
        const grouped = curveGroups(names).flatMap((group) => group.names);
        expect(grouped.toSorted()).toEqual(names.toSorted());
      }),
    );
  });

  it('put the names of TRL, verl and our own where people look for them', () => {
    const groupOf = (name: string) => curveGroups([name])[0]?.title;
    expect(groupOf('loss')).toBe('Loss');
    expect(groupOf('eval_loss')).toBe('Validation');
    expect(groupOf('rewards/outcome/mean')).toBe('Reward');
    expect(groupOf('frac_reward_zero_std')).toBe('Reward');
    expect(groupOf('reflection/err')).toBe('Reflection');
    expect(groupOf('kl')).toBe('Drift');
    expect(groupOf('actor/kl_loss')).toBe('Drift');
    expect(groupOf('entropy')).toBe('Exploration');
    expect(groupOf('clip_ratio/high_mean')).toBe('Clipping');
    expect(groupOf('completions/clipped_ratio')).toBe('Length');
    expect(groupOf('response_length/mean')).toBe('Length');
    expect(groupOf('grad_norm')).toBe('Optimiser');
    expect(groupOf('step_time')).toBe('Speed and memory');
    expect(groupOf('something/new')).toBe('Other');
  });

  it('are in the order of use, totals before their parts', () => {
    const groups = curveGroups(['grad_norm', 'rewards/outcome/mean', 'reward', 'loss']);
    expect(groups.map(({ title }) => title)).toEqual(['Reward', 'Loss', 'Optimiser']);
    expect(groups[0]?.names).toEqual(['reward', 'rewards/outcome/mean']);
  });
});
