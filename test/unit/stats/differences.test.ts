import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupByProblem } from '../../../src/core/metrics/index.ts';
import {
  bootstrapInterval,
  compareWithBaseline,
  formatDifference,
  formatP,
  formatValue,
  hierarchicalInterval,
  holm,
  mcnemarExact,
  minimalDetectableEffect,
  pairedDifference,
  problemsToTell,
  runToRun,
  samplesToTell,
  seededRandom,
  signFlipTest,
  stratifiedDifference,
  summarizeBy,
  totalVariance,
  withinVariance,
} from '../../../src/core/stats/index.ts';
import { solution, solutions } from '../metrics/rows.ts';

const meanOf = ([sum = 0, n = 0]: readonly number[]) => (n === 0 ? null : sum / n);
const rows = (scores: readonly number[]) => scores.map((score) => [score, 1]);
const quick = { draws: 500, permutations: 500 };

describe('seeded random numbers', () => {
  it('are the same for the same seed, and others for another', () => {
    const stream = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).bits);
    expect(stream(7)).toEqual(stream(7));
    expect(stream(7)).not.toEqual(stream(8));
  });

  it('are uniform', () => {
    const random = seededRandom(1);
    const uniform = Array.from({ length: 20_000 }, random.uniform);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = uniform.filter((x) => Math.floor(10 * x) === tenth).length / uniform.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
    }
    expect(new Set(Array.from({ length: 1000 }, () => random.below(7)))).toEqual(
      new Set([0, 1, 2, 3, 4, 5, 6]),
    );
  });
});

describe('bootstrap', () => {
  it('says nothing about one problem or an undefined ratio', () => {
    expect(bootstrapInterval(rows([0.5]), meanOf)).toBeNull();
    expect(
      bootstrapInterval(
        [
          [1, 0],
          [1, 0],
        ],
        ([a = 0, b = 0]) => (b === 0 ? null : a / b),
      ),
    ).toBeNull();
  });

  it('of equal problems has no width', () => {
    expect(bootstrapInterval(rows([0.5, 0.5, 0.5]), meanOf, quick)).toMatchObject({
      low: 0.5,
      high: 0.5,
      standardError: 0,
    });
  });

  it('keeps samples of a problem together: its error is that of the problems, not of the samples', () => {
    const scores = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0 : 1));
    const error = bootstrapInterval(rows(scores), meanOf, { draws: 4000 })?.standardError ?? 0;
    expect(error).toBeCloseTo(0.5 / Math.sqrt(40), 2);
  });
});

describe('sign-flip test', () => {
  it('is 2/2^n where all differences have one sign', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (n) => {
        const result = signFlipTest(rows(new Array(n).fill(0.25)), rows(new Array(n).fill(0.5)), meanOf);
        expect(result).toEqual({ p: 2 / 2 ** n, isExact: true });
      }),
    );
  });

  it('does not change when the arms change places', () => {
    const score = fc.integer({ min: 0, max: 8 }).map((k) => k / 8);
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 10 }), (pairs) => {
        const [a, b] = [rows(pairs.map(([one]) => one)), rows(pairs.map(([, two]) => two))];
        expect(signFlipTest(a, b, meanOf)?.p).toBeCloseTo(signFlipTest(b, a, meanOf)?.p ?? Number.NaN, 12);
      }),
    );
  });

  it('drawn agrees with exact within its error', () => {
    const random = seededRandom(3);
    const arm = (n: number) => rows(Array.from({ length: n }, () => random.below(9) / 8));
    const [a, b] = [arm(20), arm(20)];
    const exact = signFlipTest(a, b, meanOf)?.p ?? 0;
    // Four problems that do not differ exceed the exact limit only if they are counted: they are not.
    const padded = signFlipTest([...a, ...rows([0, 0, 1, 1])], [...b, ...rows([0, 0, 1, 1])], meanOf);
    expect(padded).toEqual({ p: exact, isExact: true });
    const drawn = signFlipTest([...a, ...a.slice(0, 5)], [...b, ...b.slice(0, 5)], meanOf, { draws: 2000 });
    expect(drawn?.isExact).toBe(false);
    expect(drawn?.p).toBeGreaterThanOrEqual(1 / 2001);
  });

  it('equals McNemar for single samples', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.nat(7), (gained, lost) => {
        const a = rows([...new Array(gained).fill(0), ...new Array(lost).fill(1), 1, 0]);
        const b = rows([...new Array(gained).fill(1), ...new Array(lost).fill(0), 1, 0]);
        expect(signFlipTest(a, b, meanOf)?.p).toBeCloseTo(mcnemarExact(gained, lost), 10);
      }),
    );
  });
});

describe('Holm', () => {
  it('never lowers a p-value, keeps the order, and leaves nulls alone', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })), (ps) => {
        const adjusted = holm(ps);
        for (const [i, p] of ps.entries()) {
          if (p === null) expect(adjusted[i]).toBeNull();
          else expect(adjusted[i]).toBeGreaterThanOrEqual(p);
        }
        const order = ps.map((p, i) => [p, adjusted[i]] as const).filter((pair) => pair[0] !== null);
        for (const [p, q] of order)
          for (const [r, s] of order) if ((p ?? 0) < (r ?? 0)) expect(q ?? 0).toBeLessThanOrEqual(s ?? 0);
      }),
    );
  });
});

describe('variance (spec C3)', () => {
  it('total contains within, on average', () => {
    const counts = [4, 8, 0, 6, 3, 8].map((correct) => ({ correct, samples: 8 }));
    expect(withinVariance(counts)).toBeLessThan(totalVariance(counts) ?? 0);
    expect(withinVariance([{ correct: 1, samples: 1 }])).toBeNull();
    expect(totalVariance([{ correct: 1, samples: 2 }])).toBeNull();
  });

  it('matches the printed half-widths: 5.8 points with one sample, 1.0 with 32, on 30 problems', () => {
    // mean p(1−p) = 0.10 is what the spec calls typical; n/(n−1) is the unbiased form of one sample's variance.
    const typical = (n: number) => Math.sqrt(0.1 / n / 30);
    expect(100 * typical(1)).toBeCloseTo(5.8, 1);
    expect(100 * typical(32)).toBeCloseTo(1.0, 1);
  });

  it('run-to-run spread of the means', () => {
    expect(
      runToRun([
        [1, 0],
        [1, 1],
      ]),
    ).toMatchObject({ sd: Math.SQRT1_2 / 2 });
    expect(runToRun([[1, 0]])).toBeNull();
  });
});

describe('power (spec C4)', () => {
  it.each([
    [0.15, 30, 7.7],
    [0.2, 30, 10.2],
    [0.25, 30, 12.8],
    [0.15, 60, 5.4],
    [0.2, 60, 7.2],
    [0.25, 60, 9.0],
    [0.15, 90, 4.4],
    [0.2, 90, 5.9],
    [0.25, 90, 7.4],
  ])('sd %d on %i problems detects %d points', (sd, n, points) => {
    expect(100 * minimalDetectableEffect(sd, n)).toBeCloseTo(points, 1);
  });

  it('so many problems would detect what they were asked for', () => {
    const needed = problemsToTell(0.05, 0.03, 60) ?? 0;
    const sd = 0.03 * Math.sqrt(60);
    expect(minimalDetectableEffect(sd, needed)).toBeLessThanOrEqual(0.05);
    expect(minimalDetectableEffect(sd, needed - 1)).toBeGreaterThan(0.05);
    expect(problemsToTell(0, 0.03, 60)).toBeNull();
  });

  it('more samples help against sampling noise, not against differing problems', () => {
    const even = Array.from({ length: 30 }, () => ({ correct: 4, samples: 8 }));
    const noisy = even.map((count, i) => ({ ...count, correct: 4 + (i % 3) - 1 + 1 }));
    expect(samplesToTell(0.03, even, noisy)).toBeGreaterThan(8);
    const split = even.map((count, i) => ({ ...count, correct: i % 2 === 0 ? 8 : 1 }));
    expect(samplesToTell(0.03, even, split)).toBeNull();
    expect(samplesToTell(0.03, [{ correct: 1, samples: 1 }], [{ correct: 1, samples: 1 }])).toBeNull();
  });
});

describe('verdict', () => {
  const better = pairedDifference(
    rows(new Array(12).fill(0.25)),
    rows(new Array(12).fill(0.75)),
    meanOf,
    quick,
  );

  it('has its reasons and its numbers', () => {
    expect(better).toMatchObject({
      verdict: 'better',
      difference: 0.5,
      problems: 12,
      test: 'sign-flip exact',
    });
    expect(better.sentence).toBe(
      'Better: +50.0 points (95 % interval +50.0 to +50.0, p < 0.001, 12 problems).',
    );
    expect(better.reasons).toHaveLength(2);
  });

  it('turns with the direction that is an improvement', () => {
    const [a, b] = [rows(new Array(12).fill(0.25)), rows(new Array(12).fill(0.75))];
    expect(pairedDifference(a, b, meanOf, { ...quick, better: 'lower' }).verdict).toBe('worse');
    expect(pairedDifference(a, b, meanOf, { ...quick, better: 'none' }).sentence).toMatch(/^Changed/);
  });

  it('cannot tell five problems apart, however different: no exact test of five can reject', () => {
    expect(pairedDifference(rows([0, 0, 0, 0, 0]), rows([1, 1, 1, 1, 1]), meanOf, quick).verdict).toBe(
      'cannot tell',
    );
  });

  it('says what would tell', () => {
    const random = seededRandom(5);
    const samples = [0, 1].map((arm) =>
      Array.from({ length: 40 }, () => ({ correct: random.below(7) + arm, samples: 8 })),
    );
    const [a = [], b = []] = samples;
    const scores = (arm: typeof a) => rows(arm.map(({ correct }) => correct / 8));
    const result = pairedDifference(scores(a), scores(b), meanOf, { ...quick, samples: [a, b] });
    if (result.verdict === 'cannot tell') expect(result.sentence).toMatch(/would tell\.$/);
    expect(result.detectable).toBeGreaterThan(0);
  });

  it('leaves out problems that one arm does not have', () => {
    const result = pairedDifference([[1, 1], null, [0, 1]], [[1, 1], [1, 1], null], meanOf, quick);
    expect(result.problems).toBe(1);
    expect(pairedDifference([null], [null], meanOf).sentence).toMatch(
      /^Cannot tell: the two runs share no problem/,
    );
  });

  it('uses McNemar for one sample a problem', () => {
    const group = (label: string, ...problems: string[]) => ({
      label,
      groups: groupByProblem({ solutions: solutions(...problems) }),
    });
    const [comparison] = compareWithBaseline(
      group('a', ...'iiiiiiiicc'),
      [group('b', ...'cccccccccc')],
      quick,
    );
    expect(comparison?.metrics.find((row) => row.isHeadline)?.paired).toMatchObject({
      test: 'mcnemar exact',
      p: expect.closeTo(2 / 2 ** 8, 12),
    });
  });
});

describe('several runs against one baseline', () => {
  it('share Holm: what is barely better alone is not among ten', () => {
    const run = (label: string, ...problems: string[]) => ({
      label,
      groups: groupByProblem({ solutions: solutions(...problems) }),
    });
    const base = run('base', ...new Array(6).fill('iiii'), 'cccc');
    const barely = run('barely', ...new Array(6).fill('ccii'), 'cccc');
    const same = run('same', ...new Array(6).fill('iiii'), 'cccc');
    const alone = compareWithBaseline(base, [barely], quick)[0];
    expect(alone?.verdict?.verdict).toBe('better');
    const among = compareWithBaseline(base, [barely, same, same], quick)[0];
    expect(among?.verdict?.verdict).toBe('cannot tell');
    expect(among?.verdict?.sentence).toContain("Holm's correction for the number of runs");
  });
});

describe('several benchmarks', () => {
  it('weigh the same, however many problems they have', () => {
    const small = [rows(new Array(10).fill(0)), rows(new Array(10).fill(1))];
    const large = [rows(new Array(90).fill(0.5)), rows(new Array(90).fill(0.5))];
    const result = stratifiedDifference([small, large], quick);
    expect(result?.difference).toBeCloseTo(0.5);
    expect(result?.interval).toMatchObject({ low: 0.5, high: 0.5 });
    expect(result?.p).toBeCloseTo(2 / 2 ** 10);
  });

  it('have an interval that resampling each of them gives', () => {
    const random = seededRandom(9);
    const arm = (n: number) => rows(Array.from({ length: n }, () => random.uniform()));
    const strata = [30, 60].map((n) => [arm(n), arm(n)]);
    const result = stratifiedDifference(strata, { draws: 4000, permutations: 500 });
    // Uniform scores: variance of a difference 1/6, so SE² = (1/6)(1/30 + 1/60)/4.
    expect(result?.interval?.standardError).toBeCloseTo(Math.sqrt((1 / 6) * (1 / 30 + 1 / 60)) / 2, 2);
  });
});

describe('training seeds', () => {
  const arm = (seeds: readonly number[], problems = 30) =>
    seeds.map((level) =>
      Array.from({ length: problems }, () => Array.from({ length: 8 }, (_, k) => (k < level ? 1 : 0))),
    );

  it('that differ widen the interval', () => {
    const base = arm([4, 4, 4]);
    const stable = hierarchicalInterval(base, arm([5, 5, 5]), { draws: 1000 });
    const unstable = hierarchicalInterval(base, arm([2, 5, 8]), { draws: 1000 });
    expect(stable?.low).toBeGreaterThan(0);
    expect(unstable?.low).toBeLessThan(0);
    expect(unstable?.standardError).toBeGreaterThan(2 * (stable?.standardError ?? 0));
  });

  it('need the same problems', () => {
    expect(hierarchicalInterval(arm([4]), arm([4], 20))).toBeNull();
  });
});

describe('by level', () => {
  it('summarizes each level alone, in numeric order', () => {
    const problems = ['10', '2', '2'].map((level, i) => ({
      id: `p${i}`,
      problem: '?',
      answer: '1',
      mode: 'math' as const,
      level: Number(level),
    }));
    const groups = groupByProblem({
      problems,
      solutions: [solution('p0', 0, 'correct'), solution('p1', 0, 'incorrect'), solution('p2', 0, 'correct')],
    });
    const parts = summarizeBy({ label: 'x', groups }, 'level', quick);
    expect(parts.map((part) => [part.label, part.metrics[0]?.estimate.value])).toEqual([
      ['level 2', 0.5],
      ['level 10', 1],
    ]);
  });
});

describe('numbers for people', () => {
  it.each([
    [formatValue(0.4123, 'percent'), '41.2 %'],
    [formatValue(null, 'percent'), 'undefined'],
    [formatValue(0.4567, 'number'), '0.46'],
    [formatDifference(-0.05, 'percent'), '−5.0 points'],
    [formatDifference(0.00001, 'percent'), '0.0 points'],
    [formatDifference(12.4, 'tokens'), '+12 tokens'],
    [formatP(0.0004), 'p < 0.001'],
    [formatP(0.0312), 'p = 0.031'],
    [formatP(0.5), 'p = 0.50'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});
