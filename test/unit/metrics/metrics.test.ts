import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  errFrom,
  groupByProblem,
  METRICS,
  type Metric,
  metricsFor,
  passAtKOf,
  rhoFrom,
} from '../../../src/core/metrics/index.ts';
import { critique, solution, solutions } from './rows.ts';

function metric(id: string): Metric {
  const found = METRICS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no metric ${id}`);
  return found;
}

describe('pass@k', () => {
  it.each([
    [16, 1, 1, 0.0625],
    [16, 1, 4, 0.25],
    [16, 4, 4, 0.728],
    [16, 13, 4, 1],
    [16, 0, 8, 0],
  ])('of n=%i, c=%i, k=%i is %d (spec C2)', (n, c, k, expected) => {
    expect(passAtKOf(n, c, k)).toBeCloseTo(expected, 4);
  });

  it('is not defined with fewer than k samples', () => {
    expect(passAtKOf(3, 3, 4)).toBeNull();
  });

  it('pass@1 averages within problems first and leaves undetermined samples out', () => {
    const groups = groupByProblem({ solutions: solutions('cc', 'ic', 'iu', 'uu') });
    expect(metric('pass@1').compute(groups)).toMatchObject({
      value: 0.5,
      numerator: 3,
      denominator: 5,
      problems: 3,
    });
    expect(metric('undetermined').compute(groups).value).toBeCloseTo(3 / 8);
  });
});

describe('undefined values', () => {
  it.each(METRICS.map((one) => [one.id, one] as const))('%s of nothing is null with a reason', (_id, one) => {
    const measured = one.compute([]);
    expect(measured.value).toBeNull();
    expect(measured.reason).toBeTruthy();
  });

  it('ERR without a reflection is null, never 0', () => {
    const groups = groupByProblem({ solutions: solutions('ci') });
    expect(metric('err.lrm').compute(groups).value).toBeNull();
  });
});

describe('ERR and ρ (spec A1)', () => {
  const reflecting = (problem: string, index: number, grade: 'correct' | 'incorrect', count: number) =>
    solution(problem, index, grade, { text: 'Wait. '.repeat(count) });
  const groups = groupByProblem({
    solutions: [
      reflecting('a', 0, 'correct', 2),
      reflecting('a', 1, 'incorrect', 6),
      reflecting('b', 0, 'correct', 4),
      reflecting('b', 1, 'incorrect', 0),
    ],
  });

  it('pools reflections', () => {
    expect(metric('err.lrm').compute(groups)).toMatchObject({
      value: 0.5,
      numerator: 6,
      denominator: 12,
      isSmall: true,
    });
    expect(metric('rho.lrm').compute(groups).value).toBe(1);
    expect(metric('reflections.lrm').compute(groups).value).toBe(3);
  });

  it('decomposes as stated', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (p, right, wrong) => {
          const err = errFrom(p, right, wrong) ?? Number.NaN;
          expect(rhoFrom(p, err)).toBeCloseTo(right / wrong, 6);
        },
      ),
    );
  });
});

describe('critique metrics (spec A5)', () => {
  it('keep Δ = Acc@t2 − Acc@t1 = Δi→c − Δc→i for any critiques', () => {
    const transition = fc.constantFrom('c→c', 'i→c', 'c→i', 'i→i', null);
    fc.assert(
      fc.property(
        fc.array(fc.array(transition, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        (problems) => {
          const groups = groupByProblem({
            critiques: problems.flatMap((cells, p) =>
              cells.map((cell, i) => critique(`p${p}`, i, cell, 'none')),
            ),
          });
          const value = (id: string) => metric(id).compute(groups).value;
          const delta = value('delta');
          if (delta === null) return;
          expect(delta).toBeCloseTo((value('acc@t2') ?? Number.NaN) - (value('acc@t1') ?? Number.NaN), 10);
          expect(delta).toBeCloseTo(
            (value('delta.i-c') ?? Number.NaN) - (value('delta.c-i') ?? Number.NaN),
            10,
          );
        },
      ),
    );
  });

  it('counts true verdicts, and a missing one as not right', () => {
    const groups = groupByProblem({
      critiques: [
        critique('a', 0, 'c→c', 'correct'),
        critique('a', 1, 'i→c', 'none'),
        critique('b', 0, 'i→i', 'correct'),
        critique('b', 1, null, 'correct'),
      ],
    });
    expect(metric('verdict.right').compute(groups)).toMatchObject({
      value: 0.25,
      numerator: 1,
      denominator: 3,
    });
  });
});

describe('groupByProblem', () => {
  it('leaves failed samples out and counts them', () => {
    const groups = groupByProblem({
      solutions: [
        solution('a', 0, 'correct'),
        solution('a', 1, 'incorrect', { finish: 'error', error: 'x' }),
      ],
    });
    expect(groups[0]).toMatchObject({ failed: 1 });
    expect(metric('pass@1').compute(groups).value).toBe(1);
  });

  it('offers pass@k only where every problem has k graded samples', () => {
    const ids = (groups: ReturnType<typeof groupByProblem>) =>
      metricsFor(groups)
        .map((one) => one.id)
        .filter((id) => id.startsWith('pass@'));
    expect(ids(groupByProblem({ solutions: solutions('cccc', 'iiii') }))).toEqual([
      'pass@1',
      'pass@2',
      'pass@4',
    ]);
    expect(ids(groupByProblem({ solutions: solutions('cccc', 'iiuu') }))).toEqual(['pass@1', 'pass@2']);
  });
});
