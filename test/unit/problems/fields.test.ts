import { describe, expect, it } from 'vitest';
import { parseProblems } from '../../../src/core/problems/index.ts';
import { parse } from './parseCase.ts';
import { PUBLIC_SET_ROWS } from './publicSetRows.ts';

describe('field recognition', () => {
  it.each(PUBLIC_SET_ROWS)('reads a row of $set', ({ set, row, problem }) => {
    const file = /aime/.test(set) ? 'aime.jsonl' : 'set.jsonl';
    const { problems } = parse(JSON.stringify(row), 'jsonl', file);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject(problem);
  });

  it('reads GPQA, with options in an order that depends on seed and record alone', () => {
    const row = {
      Question: 'Which?',
      'Correct Answer': ' right ',
      'Incorrect Answer 1': 'a',
      'Incorrect Answer 2': 'b',
      'Incorrect Answer 3': 'c',
      'Record ID': 'rec1',
    };
    const rows = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({ ...row, 'Record ID': `rec${i}` }),
    ).join('\n');
    const read = (shuffleSeed: number, text = rows) =>
      parseProblems(text, { file: 'gpqa.jsonl', format: 'jsonl', shuffleSeed }).problems;
    const problems = read(1);
    for (const { options, answer, mode } of problems) {
      expect(mode).toBe('choice');
      expect(options?.['ABCD'.indexOf(answer ?? '')]).toBe('right');
      expect(options?.toSorted()).toEqual(['a', 'b', 'c', 'right']);
    }
    expect(read(1)).toEqual(problems);
    // The order of a record does not depend on the others, and each letter gets its share.
    expect(read(1, rows.split('\n').reverse().join('\n')).toReversed()).toEqual(problems);
    for (const letter of 'ABCD') {
      const share = problems.filter(({ answer }) => answer === letter).length;
      expect(share).toBeGreaterThan(25);
      expect(share).toBeLessThan(80);
    }
    expect(read(2).map(({ answer }) => answer)).not.toEqual(problems.map(({ answer }) => answer));
  });

  it('takes the columns that the user names', () => {
    const row = JSON.stringify({ problem: 'not this', text: 'this', answer: '1', key: '2' });
    const options = {
      file: 'set.jsonl',
      format: 'jsonl',
      fields: { problem: 'text', answer: 'key' },
    } as const;
    expect(parseProblems(row, options).problems[0]).toMatchObject({ problem: 'this', answer: '2' });
    const { problems, faults } = parseProblems(row, { ...options, fields: { problem: 'nothing' } });
    expect(problems).toEqual([]);
    expect(faults[0]).toMatchObject({ line: 1, field: 'nothing', severity: 'error' });
  });

  it('warns of an answer that AIME cannot have, and grades it in maths mode', () => {
    const { problems, faults } = parse('{"problem": "P", "answer": "1000"}', 'jsonl', 'aime.jsonl');
    expect(problems[0]).toMatchObject({ answer: '1000', mode: 'math' });
    expect(faults).toMatchObject([{ field: 'answer', severity: 'warning' }]);
  });
});

describe('gold forms', () => {
  it.each([
    ['#### 42', '42'],
    ['#### -1,234', '-1234'],
    ['$42$', '42'],
    ['$$42$$', '42'],
    ['$1$ and $2$', '$1$ and $2$'],
    ['\\boxed{42}', '42'],
    ['$\\boxed{\\frac{1}{2}}$', '\\frac{1}{2}'],
    ['025', '025'],
    ['27.0', '27'],
    ['27.50', '27.50'],
    [27, '27'],
    [true, 'True'],
    [['3'], '3'],
    [['3', '4'], '3, 4'],
    ['', null],
    ['  ', null],
    [null, null],
    [[], null],
    ['#### ', null],
  ])('%j is %j', (answer, gold) => {
    expect(parse(JSON.stringify({ problem: 'P', answer })).problems[0]?.answer).toBe(gold);
  });
});
