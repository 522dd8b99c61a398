import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAnswers, gradeAnswer } from '../../../src/core/answers/index.ts';
import type { AnswerMode } from '../../../src/core/schema/problem.ts';

function grade(mode: AnswerMode, gold: string, pred: string) {
  return compareAnswers({ mode, gold, pred });
}

describe('AIME mode', () => {
  it.each(['25', '025', ' 25 ', '$25$', '\\text{25}', '25.', '\\textbf{(025)}', '{25}'])(
    'accepts %s for 25',
    (pred) => {
      expect(grade('aime', '25', pred)).toMatchObject({ grade: 'correct', layer: 'integer' });
      expect(grade('aime', '025', pred).grade).toBe('correct');
    },
  );

  it.each(['26', '25.0', '\\frac{50}{2}', 'x = 25', '-25', '20+5', '25\\%', '2 5', '', 'twenty-five'])(
    'refuses %s for 25',
    (pred) => {
      expect(grade('aime', '25', pred).grade).toBe('incorrect');
    },
  );

  it('says when an answer is out of range, and when a gold is', () => {
    expect(grade('aime', '25', '1000')).toMatchObject({ grade: 'incorrect', reason: 'out-of-range' });
    expect(grade('aime', '1000', '1000')).toMatchObject({ grade: 'undetermined', reason: 'gold-not-aime' });
    expect(grade('aime', '\\sqrt{2}', '5').grade).toBe('undetermined');
  });

  it('takes one box only: two are not one answer', () => {
    const result = gradeAnswer({ text: '\\boxed{25} and \\boxed{26}', gold: '26', mode: 'aime' });
    expect(result).toMatchObject({ grade: 'correct', answer: '26', doubt: ['several-boxes'] });
  });

  it('agrees with equality of integers from 0 to 999', () => {
    const answer = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(answer, answer, fc.integer({ min: 0, max: 3 }), (gold, pred, zeros) => {
        const expected = gold === pred ? 'correct' : 'incorrect';
        expect(grade('aime', String(gold), '0'.repeat(zeros) + pred).grade).toBe(expected);
      }),
    );
  });
});

describe('choice mode', () => {
  it.each([
    ['\\boxed{C}', 'C'],
    ['The answer is (C).', 'C'],
    ['Answer: C', 'C'],
    ["It is not A because that makes no sense, so I think it's B", 'B'],
    ["The answer is for sure D, it can't be A or B", 'D'],
    ["The answer: D, it doesn't make sense for it to be A or B", 'D'],
    ["B is correct. Or maybe C. Actually let's finalize B", 'B'],
    ['réponse est C non A', 'C'],
    ['B不是 A', 'B'],
    ['c', 'C'],
    ['\\boxed{\\text{(E) } 12}', 'E'],
  ])('reads %s as %s', (text, letter) => {
    for (const gold of 'ABCDE') {
      const expected = gold === letter ? 'correct' : 'incorrect';
      expect(gradeAnswer({ text, gold, mode: 'choice' }).grade).toBe(expected);
    }
  });

  it('takes no article for an option', () => {
    expect(
      gradeAnswer({ text: 'This is A difficult one. I do not know.', gold: 'A', mode: 'choice' }),
    ).toMatchObject({
      grade: 'incorrect',
      reason: 'no-answer',
    });
  });

  it('cannot grade against a gold that is no option', () => {
    expect(grade('choice', '42', 'A')).toMatchObject({ grade: 'undetermined', reason: 'gold-not-an-option' });
  });
});

describe('boolean mode', () => {
  it.each([
    ['\\boxed{\\text{True}}', 'True'],
    ['Therefore the conclusion is False.', 'False'],
    ['The answer is: **Uncertain**', 'Uncertain'],
    ['The answer is yes', 'True'],
    ['Unknown', 'Uncertain'],
  ])('reads %s', (text, meaning) => {
    for (const gold of ['True', 'False', 'Uncertain']) {
      const expected = gold === meaning ? 'correct' : 'incorrect';
      expect(gradeAnswer({ text, gold, mode: 'boolean' }).grade).toBe(expected);
    }
  });

  it('is not convinced by a contradiction', () => {
    expect(grade('boolean', 'True', 'True and False').grade).toBe('incorrect');
  });
});

describe('Python mode', () => {
  it.each([
    ['[1, 2, 3]', '[1,2,3]'],
    ["{'a': 1, 'b': [2]}", '{"b": [2], "a": 1}'],
    ['{1, 2}', '{2, 1, 1}'],
    ['(1,)', '(1,)'],
    ['1', '1.0'],
    ['True', '1'],
    ["'it\\'s'", '"it\'s"'],
    ["'a' 'b'", "'ab'"],
    ["'\\x41\\u0042\\n'", "'AB\\n'"],
    ['0x1F', '31'],
    ['1_000', '1000'],
    ['1e3', '1000'],
    ['-0.5', '- .5'],
    ['set()', 'set()'],
    ["b'ab'", "b'ab'"],
    ["r'\\n'", "'\\\\n'"],
    ["('a', 1), ('b', 2)", "(('a', 1), ('b', 2))"],
  ])('%s equals %s', (gold, pred) => {
    expect(grade('python', gold, pred)).toMatchObject({ grade: 'correct' });
    expect(grade('python', pred, gold)).toMatchObject({ grade: 'correct' });
  });

  it.each([
    ['[1, 2]', '(1, 2)'],
    ['[1, 2]', '[2, 1]'],
    ["'a'", "b'a'"],
    ["'1'", '1'],
    ['None', 'False'],
    ['{}', 'set()'],
    ['{1: 2}', '{1: 3}'],
    ['10000000000000001', '10000000000000002'],
    ["'a '", "'a'"],
  ])('%s differs from %s', (gold, pred) => {
    expect(grade('python', gold, pred).grade).toBe('incorrect');
    expect(grade('python', pred, gold).grade).toBe('incorrect');
  });

  it.each([
    '```json\n{"reasoning": "...", "answer": "[1, 2]"}\n```',
    '[ANSWER]\n[1, 2]\n[/ANSWER]',
    '[ANSWER] assert f(3) == [1, 2] [/ANSWER]',
    'So the output is `[1, 2]`.',
    '\\boxed{[1, 2]}',
    '\\boxed{\\text{[1, 2]}}',
    'assert f("x)") == [1, 2]',
    '[1, 2]',
  ])('is found in %s', (text) => {
    expect(gradeAnswer({ text, gold: '[1,2]', mode: 'python' })).toMatchObject({ grade: 'correct' });
    expect(gradeAnswer({ text, gold: '[2,1]', mode: 'python' })).toMatchObject({ grade: 'incorrect' });
  });

  it('reads back what Python prints', () => {
    const leaf = fc.oneof(
      fc.integer().map(String),
      fc.string({ unit: 'grapheme-ascii' }).map((text) => JSON.stringify(text)),
      fc.constantFrom('None', 'True', 'False'),
    );
    const literal = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
        fc.array(tie('value'), { minLength: 2, maxLength: 3 }).map((items) => `(${items.join(', ')})`),
        fc
          .array(tie('value'), { maxLength: 3 })
          .map((items) => `{${items.map((item, i) => `${i}: ${item}`).join(', ')}}`),
      ),
    })).value;
    fc.assert(
      fc.property(literal, (text) => {
        expect(grade('python', text, ` ${text} `.replaceAll(', ', ' ,  ').trim()).grade).not.toBe(
          'undetermined',
        );
        expect(grade('python', `[${text}]`, `[ ${text} ]`).grade).toBe('correct');
        expect(grade('python', text, `[${text}]`).grade).toBe('incorrect');
      }),
    );
  });

  it('runs nothing', () => {
    const text = "__import__('os').system('touch marker')";
    expect(grade('python', '0', text)).toMatchObject({ grade: 'incorrect', reason: 'not-a-literal' });
  });
});

describe('text mode', () => {
  it('takes the same characters but for white space', () => {
    expect(grade('text', 'New  York', ' New York\n').grade).toBe('correct');
    expect(grade('text', 'New York', 'new york').grade).toBe('incorrect');
  });
});
