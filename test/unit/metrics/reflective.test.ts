/** Metrics that read the texts: votes, S2R trajectories, traces, verdicts, agreement, cost, yield. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  groupByProblem,
  METRICS,
  type Metric,
  type MetricInput,
  majorityAtKOf,
  metricsFor,
  type Vote,
  votesOf,
} from '../../../src/core/metrics/index.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';
import { critique, solution, solutions } from './rows.ts';

function metric(id: string): Metric {
  const found = METRICS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no metric ${id}`);
  return found;
}

const PROBLEMS: Problem[] = ['a', 'b'].map((id) => ({ id, problem: '2+2?', answer: '4', mode: 'math' }));

/** Groups whose grader knows that 4 is right. */
function grouped(input: MetricInput) {
  return groupByProblem({
    problems: PROBLEMS,
    grade: (problem, answer) => (answer === problem.answer ? 'correct' : 'incorrect'),
    ...input,
  });
}

describe('maj@k (spec C2)', () => {
  const vote = (text: string): Vote[] =>
    [...text].map((letter): Vote => {
      if (letter === '-') return { answer: null, isRight: false };
      return letter === 'c'
        ? { answer: -1, isRight: true }
        : { answer: letter.charCodeAt(0), isRight: false };
    });

  it.each([
    ['ccx', 3, 1],
    ['cxx', 3, 0],
    ['cx', 2, 0.5],
    ['cxy', 3, 1 / 3],
    ['cc--', 4, 1],
    ['----', 4, 0],
    ['cx--', 4, 0.5],
    ['ccxx', 2, 0.5],
    ['cccx', 1, 0.75],
    ['c', 2, null],
  ])('of %s with k = %i is %d', (text, k, expected) => {
    const found = majorityAtKOf(vote(text), k);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 10);
  });

  it('with k = 1 is pass@1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('c', 'x', 'y', '-'), { minLength: 1, maxLength: 12 }),
        (letters) => {
          expect(majorityAtKOf(vote(letters.join('')), 1)).toBeCloseTo(
            letters.filter((letter) => letter === 'c').length / letters.length,
            10,
          );
        },
      ),
    );
  });

  it('drawn subsets come close to all subsets, and are the same each time', () => {
    const votes = vote('ccccccxxxxxyyyyy');
    const drawn = majorityAtKOf(votes, 8);
    expect(drawn).toBe(majorityAtKOf(votes, 8));
    const all = Array.from({ length: 2 ** 16 }, (_, bits) =>
      votes.filter((_vote, i) => (bits >> i) & 1),
    ).filter((some) => some.length === 8);
    const exact = all.reduce((sum, some) => sum + (majorityAtKOf(some, 8) ?? 0), 0) / all.length;
    expect(Math.abs((drawn ?? 0) - exact)).toBeLessThan(0.04);
  });

  it('counts right answers as one, however they are written, and wrong ones by their spelling', () => {
    const graded = [
      solution('a', 0, 'correct', { answer: '1/2' }),
      solution('a', 1, 'correct', { answer: '0.5' }),
      solution('a', 2, 'incorrect', { answer: '025' }),
      solution('a', 3, 'incorrect', { answer: '25' }),
      solution('a', 4, 'incorrect', { answer: null }),
      solution('a', 5, 'undetermined', { answer: 'x' }),
    ];
    expect(votesOf(graded).map((one) => one.answer)).toEqual([-1, -1, 0, 0, null]);
  });
});

describe('self-verification (spec B8)', () => {
  const text = (...actions: string[]) => actions.join('\n\n');
  const m = 'Wait, let me recheck my solution.';
  const r = 'Let me try again.';
  const RIGHT = 'Therefore, the answer is correct.';
  const WRONG = 'Therefore, the answer is incorrect.';
  const groups = grouped({
    solutions: [
      // Wrong, found, repaired, confirmed.
      solution('a', 0, 'correct', { text: text('\\boxed{5}', m, WRONG, r, '\\boxed{4}', m, RIGHT) }),
      // Right, doubted, destroyed, blessed.
      solution('a', 1, 'incorrect', { text: text('\\boxed{4}', m, WRONG, r, '\\boxed{5}', m, RIGHT) }),
      // Right and confirmed.
      solution('b', 0, 'correct', { text: text('\\boxed{4}', m, RIGHT) }),
      // One solve without any verification.
      solution('b', 1, 'incorrect', { text: 'It is \\boxed{6}.' }),
    ],
  });

  it.each([
    // Five verifications; true are: found, confirmed, confirmed.
    ['va', 3 / 5],
    // Two of wrong solves: found and blessed.
    ['er', 1 / 2],
    // Three say correct; two of them rightly.
    ['cp', 2 / 3],
    // Two responses begin wrong (one is a single solve); one ends right.
    ['icr', 1 / 2],
    ['cir', 1 / 2],
    // (2 + 2 + 1 + 1) / 4.
    ['trials', 1.5],
    ['malformed', 0],
    ['va.initial.correct', 1 / 2],
    ['va.initial.incorrect', 1],
  ])('%s is %d', (id, expected) => {
    expect(metric(id).compute(groups).value).toBeCloseTo(expected, 10);
  });

  it('Δi→c = (1 − Acc@t1)·ICR, as the spec relates the two papers', () => {
    const first = { right: 2, all: 4 };
    const icr = metric('icr').compute(groups);
    expect((1 - first.right / first.all) * (icr.value ?? 0)).toBeCloseTo(icr.numerator / first.all, 10);
  });

  it('is offered only where a text has the form', () => {
    const ids = (one: ReturnType<typeof grouped>) => metricsFor(one, { detail: true }).map(({ id }) => id);
    expect(ids(groups)).toContain('va');
    expect(ids(grouped({ solutions: solutions('ci') }))).not.toContain('va');
  });

  it('leaves undetermined solves out', () => {
    const undetermined = groupByProblem({
      solutions: [solution('a', 0, 'correct', { text: text('\\boxed{4}', m, RIGHT) })],
    });
    expect(metric('va').compute(undetermined).value).toBeNull();
  });
});

describe('traces', () => {
  const groups = grouped({
    solutions: [
      solution('a', 0, 'correct', {
        tokens: 100,
        text: 'So 2+3=5. The answer is 5. Wait, 2+2=4. The answer is 4.',
      }),
      solution('b', 0, 'correct', {
        tokens: 100,
        text: 'So 2+2=4. The answer is 4. Wait. 2+2=4. So the answer is correct.',
      }),
      solution('b', 1, 'incorrect', {
        tokens: 100,
        text: 'So 2+3=5. The answer is 5. Wait. So the answer is correct.',
      }),
    ],
  });

  it.each([
    ['superficial', 2 / 3],
    ['reflection.verdict-true', 1 / 2],
    // (8 + (7 + 2) / 2) / 2.
    ['rule-score', 6.25],
  ])('%s is %d', (id, expected) => {
    expect(metric(id).compute(groups).value).toBeCloseTo(expected, 10);
  });

  it('tokens after the first right answer and per right answer gained', () => {
    const after = metric('tokens.after-right').compute(groups);
    expect(after.denominator).toBe(2);
    expect(after.value).toBeGreaterThan(0);
    expect(after.value).toBeLessThan(100);
    const cost = metric('reflection.tokens-per-right').compute(groups);
    expect(cost.denominator).toBe(1);
    expect(cost.value).toBeGreaterThan(0);
  });

  it('a net loss has no price', () => {
    const lost = grouped({
      solutions: [solution('a', 0, 'incorrect', { text: 'The answer is 4. Wait, 2+3=5. The answer is 5.' })],
    });
    expect(metric('reflection.tokens-per-right').compute(lost)).toMatchObject({
      value: null,
      reason: expect.stringContaining('no more right answers'),
    });
  });
});

describe('tokens', () => {
  const groups = grouped({
    solutions: [
      solution('a', 0, 'correct', { tokens: 100, text: '<think>12345678</think>12' }),
      solution('a', 1, 'incorrect', { tokens: 300, text: '<think>1234' }),
    ],
  });

  it.each([
    ['tokens', 200],
    ['tokens.correct', 100],
    ['tokens.incorrect', 300],
    ['tokens.thinking', (80 + 300) / 2],
    ['tokens.answer', 10],
  ])('%s is %d', (id, expected) => {
    expect(metric(id).compute(groups).value).toBeCloseTo(expected, 10);
  });

  it('thinking and answer add up to all', () => {
    const value = (id: string) => metric(id).compute(groups).value ?? Number.NaN;
    expect(value('tokens.thinking') + value('tokens.answer')).toBeCloseTo(value('tokens'), 10);
  });
});

describe('verdicts (peers 8.2)', () => {
  const groups = groupByProblem({
    critiques: [
      critique('a', 0, 'i→c', 'incorrect'),
      critique('a', 1, 'i→i', 'correct'),
      critique('b', 0, 'c→c', 'correct'),
      critique('b', 1, 'c→i', 'incorrect'),
      critique('b', 2, 'c→c', 'none'),
    ],
  });

  it.each([
    ['verdict.precision', 1 / 2],
    ['verdict.recall', 1 / 2],
    ['verdict.sycophancy', 1 / 2],
    ['verdict.self-doubt', 1 / 3],
    ['verdict.mcc', 0],
  ])('%s is %d', (id, expected) => {
    expect(metric(id).compute(groups).value).toBeCloseTo(expected, 10);
  });

  it('MCC is 1 for true verdicts and −1 for false ones', () => {
    const all = (right: boolean) =>
      groupByProblem({
        critiques: [
          critique('a', 0, 'i→c', right ? 'incorrect' : 'correct'),
          critique('b', 0, 'c→c', right ? 'correct' : 'incorrect'),
        ],
      });
    expect(metric('verdict.mcc').compute(all(true)).value).toBe(1);
    expect(metric('verdict.mcc').compute(all(false)).value).toBe(-1);
  });
});

describe('agreement across critiques', () => {
  const place = (start: number) => ({
    findings: [
      {
        span: [start, start + 5] as [number, number],
        kind: 'wrong-step' as const,
        message: '',
        confidence: 0.9,
        anchor: 'step' as const,
      },
    ],
  });
  const groups = groupByProblem({
    critiques: [
      critique('a', 0, 'i→c', 'incorrect', { solutionId: 's', ...place(0) }),
      critique('a', 1, 'i→c', 'incorrect', { solutionId: 's', ...place(2) }),
      critique('a', 2, 'i→c', 'correct', { solutionId: 's' }),
      critique('a', 3, 'i→c', 'incorrect', { solutionId: 't', ...place(0) }),
    ],
  });

  it('counts pairs of one solution', () => {
    expect(metric('agreement.verdict').compute(groups)).toMatchObject({ value: 1 / 3, denominator: 3 });
    expect(metric('agreement.place').compute(groups)).toMatchObject({ value: 1, denominator: 1 });
  });
});

describe('cost and yield of critiques', () => {
  const critiques = [
    critique('a', 0, 'i→c', 'incorrect', { tokens: 50 }),
    critique('a', 1, 'i→i', 'incorrect', { tokens: 70 }),
    critique('b', 0, 'c→c', 'correct', { tokens: 30 }),
  ];

  it('tokens per extra right answer', () => {
    expect(metric('tokens.per-extra-right').compute(groupByProblem({ critiques })).value).toBe(150);
  });

  it('yield counts what was kept, by kind, and is undefined outside of rejection sampling', () => {
    const dropped = [{ candidate: critiques[1]?.id ?? '', filter: 'wrong-answer', detail: '' }];
    const groups = groupByProblem({ critiques, dropped });
    expect(metric('yield').compute(groups).value).toBeCloseTo(2 / 3);
    expect(metric('yield.i-c').compute(groups).value).toBe(0.5);
    expect(metric('yield.c-c').compute(groups).value).toBe(1);
    expect(metric('yield').compute(groupByProblem({ critiques })).value).toBeNull();
    expect(metricsFor(groups).map(({ id }) => id)).toContain('yield');
    expect(metricsFor(groupByProblem({ critiques })).map(({ id }) => id)).not.toContain('yield');
  });
});

describe('the list', () => {
  it('has each id once, and says what it divides by', () => {
    const ids = METRICS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, per, undefinedWhen, label } of METRICS) {
      expect(`${id} ${per} ${undefinedWhen} ${label}`).not.toMatch(/undefined |NaN/);
      expect(id).toMatch(/^[a-z][a-z0-9@.-]*$/);
    }
  });

  it('every metric re-adds to the same value, in any order of the problems', () => {
    const letters = fc
      .array(fc.constantFrom('c', 'i', 'u'), { minLength: 1, maxLength: 4 })
      .map((some) => some.join(''));
    fc.assert(
      fc.property(fc.array(letters, { minLength: 2, maxLength: 6 }), (problems) => {
        const groups = groupByProblem({ solutions: solutions(...problems) });
        for (const one of METRICS) {
          const [forth, back] = [one.compute(groups), one.compute([...groups].reverse())];
          if (forth.value === null) expect(back.value).toBeNull();
          else expect(back.value).toBeCloseTo(forth.value, 10);
        }
      }),
      { numRuns: 30 },
    );
  });
});

it('R, ERR and ρ under a list of the user, as details', () => {
  const groups = groupByProblem({
    solutions: [
      solution('a', 0, 'correct', { text: 'Moment mal. Moment mal.' }),
      solution('a', 1, 'incorrect', { text: 'Moment mal.' }),
    ],
  });
  const lists = { german: ['moment mal'] };
  const value = (id: string) =>
    metricsFor(groups, { detail: true, lists })
      .find((metric) => metric.id === id)
      ?.compute(groups).value;
  expect(value('reflections.german')).toBe(1.5);
  expect(value('err.german')).toBeCloseTo(2 / 3);
  expect(value('rho.german')).toBe(2);
  expect(metricsFor(groups, { lists }).map(({ id }) => id)).not.toContain('err.german');
});
