import { describe, expect, it } from 'vitest';
import { groupByProblem } from '../../../src/core/metrics/index.ts';
import { compareRuns, seededRandom } from '../../../src/core/stats/index.ts';
import { compareOverBenchmarks, compareOverSeeds } from '../../../src/core/stats/methods.ts';
import { critique, solutions } from '../metrics/rows.ts';

const run = (label: string, ...problems: string[]) => ({
  label,
  groups: groupByProblem({ solutions: solutions(...problems) }),
});
const method = (label: string, ...runs: ReturnType<typeof run>[]) => ({ label, runs });
const quick = { draws: 1000, permutations: 1000 };

describe('over benchmarks', () => {
  it('each counts the same, however many problems it has', () => {
    const base = method('base', run('small', 'iiii', 'iiii'), run('large', ...Array(40).fill('iicc')));
    const ours = method('ours', run('small', 'cccc', 'iiii'), run('large', ...Array(40).fill('iicc')));
    const found = compareOverBenchmarks(base, ours, ['small', 'large'], quick);
    expect(found.difference).toBeCloseTo((0.5 + 0) / 2);
    expect(found.parts).toMatchObject([
      { label: 'small', problems: 2, baseline: 0, other: 0.5 },
      { label: 'large', problems: 40, baseline: 0.5, other: 0.5 },
    ]);
    expect(found.cautions.join()).toContain('small');
    expect(found.verdict).toBe('cannot tell');
  });

  it('of which there is one are the paired comparison', () => {
    const [a, b] = [run('a', ...Array(20).fill('iiic')), run('b', ...Array(20).fill('iccc'))];
    const found = compareOverBenchmarks(method('a', a), method('b', b), ['only'], quick);
    const paired = compareRuns(a, b, quick).metrics.find(({ isHeadline }) => isHeadline)?.paired;
    expect(found.difference).toBeCloseTo(paired?.difference ?? 0);
    expect(found.verdict).toBe(paired?.verdict);
  });

  it('that share no problem are undefined, not zero', () => {
    const found = compareOverBenchmarks(method('a', run('x')), method('b', run('x', 'cc')), ['x'], quick);
    expect(found).toMatchObject({ difference: null, interval: null, verdict: 'cannot tell' });
  });
});

describe('over training seeds', () => {
  const all = (letters: string) => run('seed', ...Array(30).fill(letters));

  it('is wide where trainings differ, though each of them is sure', () => {
    const base = method('base', all('iicc'), all('iicc'));
    const steady = method('steady', all('cccc'), all('cccc'));
    const lucky = method('lucky', all('cccc'), all('iiii'));
    expect(compareOverSeeds(base, steady, quick)).toMatchObject({ difference: 0.5, verdict: 'better' });
    const found = compareOverSeeds(base, lucky, quick);
    expect(found).toMatchObject({ difference: 0, verdict: 'cannot tell', p: null });
    expect((found.interval?.high ?? 0) - (found.interval?.low ?? 0)).toBeGreaterThan(0.9);
  });

  it('says what the interval does not show', () => {
    const found = compareOverSeeds(
      method('base', all('iicc')),
      method('ours', all('iccc'), all('iccc')),
      quick,
    );
    expect(found.cautions).toEqual([
      expect.stringMatching(/^base has one run/),
      expect.stringMatching(/^ours has 2 seeds.*29 %/),
    ]);
  });

  it('leaves out what is not graded in every run, and reads critiques by the answer that they reach', () => {
    const groups = (...transitions: ('c→c' | 'i→c' | 'i→i')[]) =>
      groupByProblem({
        critiques: transitions.map((transition, i) =>
          critique(`p${i}`, 0, transition, transition.startsWith('c') ? 'correct' : 'incorrect'),
        ),
      });
    const found = compareOverSeeds(
      method('a', { label: 'a', groups: groups('i→i', 'i→i', 'c→c') }),
      method('b', { label: 'b', groups: groups('i→c', 'i→i') }),
      quick,
    );
    expect(found).toMatchObject({ metric: { id: 'acc@t2' }, problems: 2, difference: 0.5 });
    expect(found.cautions.join()).toContain('1 problem is not graded');
  });

  it('rarely calls two like methods different, with five seeds each', () => {
    const random = seededRandom(3);
    const trained = () => {
      const skill = 0.3 + 0.4 * (random.below(1000) / 1000);
      const letters = () =>
        Array.from({ length: 4 }, () => (random.below(1000) < 1000 * skill ? 'c' : 'i')).join('');
      return run('seed', ...Array.from({ length: 20 }, letters));
    };
    const seeds = () => Array.from({ length: 5 }, trained);
    const verdicts = Array.from(
      { length: 100 },
      (_, seed) =>
        compareOverSeeds(method('a', ...seeds()), method('b', ...seeds()), { draws: 300, seed }).verdict,
    );
    // The bootstrap over five seeds is 11 % too narrow: 8 % of such pairs are called different, not 5.
    expect(verdicts.filter((verdict) => verdict !== 'cannot tell').length).toBeLessThan(17);
  });
});
