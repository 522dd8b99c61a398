import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareAnswers,
  defaultPolicy,
  GRADING_POLICIES,
  type GradingPolicy,
  gradeAnswer,
  gradingPolicySchema,
} from '../../../src/core/answers/index.ts';

function grade(gold: string, pred: string, policy: Partial<GradingPolicy> = {}) {
  return compareAnswers({ gold, pred, policy: { ...defaultPolicy, ...policy, name: 'test' } });
}

describe('three values', () => {
  it.each([
    ['no gold', null, '5', 'no-gold'],
    ['a blank gold', '  ', '5', 'no-gold'],
    ['a gold that is cut off', '\\frac{1}{', '5', 'gold-syntax'],
    ['a gold of unknown commands', '\\foo{3}', '5', 'gold-unsupported'],
    ['an answer of unknown commands', '5', '\\foo{3}', 'unsupported'],
    ['a number that overflows', '1', '9^{9^{9^9}}', 'too-large'],
    ['two sentences', 'all even numbers above two', 'every integer divisible by two', 'prose'],
    ['an answer that is too long', '5', `${'1+'.repeat(2000)}1`, 'too-long'],
  ])('does not decide %s', (_, gold, pred, reason) => {
    expect(compareAnswers({ gold, pred })).toMatchObject({ grade: 'undetermined', reason });
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['an empty box', '\\boxed{}'],
  ])('takes %s as a missing answer, which is wrong', (_, pred) => {
    expect(gradeAnswer({ text: pred, gold: '5', mode: 'math' })).toMatchObject({
      grade: 'incorrect',
      reason: 'no-answer',
      answer: null,
    });
  });

  it('takes a badly written answer as wrong', () => {
    expect(grade('5', '3^')).toMatchObject({ grade: 'incorrect', layer: 'malformed' });
  });

  it('says that a generation was cut off', () => {
    const cut = gradeAnswer({ text: 'Let me think about', gold: '5', mode: 'math', truncated: true });
    expect(cut).toMatchObject({ grade: 'incorrect', reason: 'truncated', doubt: ['truncated'] });
    const inBox = gradeAnswer({ text: 'so \\boxed{12', gold: '12', mode: 'math', truncated: true });
    expect(inBox).toMatchObject({ grade: 'incorrect', reason: 'truncated', answer: null });
    const before = gradeAnswer({
      text: '\\boxed{5}. Let me check',
      gold: '5',
      mode: 'math',
      truncated: true,
    });
    expect(before).toMatchObject({ grade: 'correct', doubt: ['truncated'] });
  });

  it('keeps the evidence: layer and both sides as compared', () => {
    expect(grade('\\dfrac{1}{2}', '0.50')).toEqual({
      grade: 'correct',
      answer: '0.50',
      reason: 'equal',
      layer: 'rational',
      normalised: { gold: '\\frac{1}{2}', answer: '0.50' },
      doubt: [],
    });
  });
});

describe('policies', () => {
  it('are complete, and named by their key', () => {
    for (const [name, policy] of Object.entries(GRADING_POLICIES)) {
      expect(gradingPolicySchema.parse(policy)).toEqual(policy);
      expect(policy.name).toBe(name);
    }
  });

  // Each row: gold, answer, the policy under which they are equal, the one under which they are not.
  it.each<[string, string, string, Partial<GradingPolicy>, Partial<GradingPolicy>]>([
    ['percent as a number', '10', '10\\%', { percent: 'sign' }, { percent: 'value' }],
    ['percent without a sign', '0.75', '75', { percent: 'scale' }, { percent: 'sign' }],
    ['units', '0.64', '0.64\\text{ N}', { units: 'lenient' }, { units: 'strict' }],
    ['order of lists', '4, 10, -2', '10, 4, -2', { listOrder: 'ignore' }, { listOrder: 'keep' }],
    ['order of tuples', '(1, 2)', '(2, 1)', { tupleOrder: 'ignore' }, { tupleOrder: 'keep' }],
    ['unreduced fractions', '\\frac{1}{2}', '\\frac{2}{4}', { fractions: 'equal' }, { fractions: 'reduced' }],
    ['digits of decimals', '3.1416', '3.14159', { decimalDigits: 5 }, { decimalDigits: 6 }],
    ['decimal answers', '\\frac{1}{3}', '0.333333', { decimals: 'either' }, { decimals: 'gold' }],
    [
      'absolute tolerance',
      '7 \\times 10^{35}',
      '7.1 \\cdot 10^{35}',
      { absoluteTolerance: [1e34] },
      { absoluteTolerance: [1e33] },
    ],
    [
      'tolerances of a list',
      '7, 0.002',
      '0.001, 7.05',
      { absoluteTolerance: [0.1, 0.001] },
      { absoluteTolerance: [0.001] },
    ],
    ['decimal comma', '1000.99', '1000,99', { separators: 'locale' }, { separators: 'thousands' }],
    ['assignments', '1', 'k = 1', { assignments: 'strip' }, { assignments: 'keep' }],
    ['intervals', '(0, 1)', '0 < x < 1', { intervals: 'as-relations' }, { intervals: 'keep' }],
    ['names of variables', 'x^2 + 1', 't^2 + 1', { variableNames: 'rename' }, { variableNames: 'keep' }],
    ['the base of log', '\\ln x', '\\log x', { logarithm: 'natural' }, { logarithm: 'ten' }],
    ['either base of log', '\\ln x', '\\log x', { logarithm: 'either' }, { logarithm: 'ten' }],
    ['boxes that are linked', '1, 2', '\\boxed{1} and \\boxed{2}', { boxes: 'linked' }, { boxes: 'last' }],
  ])('decide on %s', (_, gold, pred, equal, different) => {
    expect(grade(gold, pred, equal).grade).toBe('correct');
    expect(grade(gold, pred, different).grade).toBe('incorrect');
  });
});

describe('laws', () => {
  const part = fc.constantFrom(
    ...'0 1 2 9 . , x y + - / ^ { } ( ) [ ] | = < \\frac \\sqrt \\pi \\le \\cup \\pm \\text \\{ \\} \\infty \\% ; : ! _'.split(
      ' ',
    ),
    ' ',
    'e',
    'cm',
    'and',
    '\\begin{pmatrix}',
    '\\end{pmatrix}',
    '&',
    '\\\\',
  );
  const soup = fc.array(part, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''));

  it('grades anything against anything without throwing, with a reason and a layer', () => {
    fc.assert(
      fc.property(soup, soup, (gold, pred) => {
        const result = compareAnswers({ gold, pred });
        expect(result.reason).not.toBe('');
        expect(result.layer).not.toBe('');
        if (result.grade === 'correct') expect(result.reason).toBe('equal');
        if (result.grade === 'undetermined') expect(['equal', 'differs']).not.toContain(result.reason);
      }),
      { numRuns: 3000 },
    );
  });

  it('never calls an answer different from itself', () => {
    fc.assert(
      fc.property(soup, (answer) => {
        if (answer.replace(/[\s.\\]/g, '') === '') return;
        expect(compareAnswers({ gold: answer, pred: ` ${answer}` })).not.toMatchObject({ reason: 'differs' });
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with exact arithmetic on fractions', () => {
    const integer = fc.integer({ min: -999, max: 999 });
    const denominator = fc.integer({ min: 1, max: 999 });
    fc.assert(
      fc.property(integer, denominator, integer, denominator, (a, b, c, d) => {
        const expected = a * d === c * b ? 'correct' : 'incorrect';
        expect(grade(`\\frac{${a}}{${b}}`, `${c}/${d}`).grade).toBe(expected);
      }),
    );
  });
});
