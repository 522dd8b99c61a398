import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProblemFormat } from '../../../src/core/problems/index.ts';
import { parse } from './parseCase.ts';

const THREE = [
  { problem: 'One?', answer: '1' },
  { problem: 'Two?', answer: '2' },
  { problem: 'Three?', answer: '3' },
];

describe('formats', () => {
  const golds = (text: string, format: ProblemFormat) =>
    parse(text, format).problems.map(({ answer }) => answer);
  const lines = THREE.map((row) => JSON.stringify(row));

  it.each<[string, ProblemFormat, string]>([
    ['JSON lines', 'jsonl', lines.join('\n')],
    ['JSON lines with CRLF and blank lines', 'jsonl', `\r\n${lines.join('\r\n\r\n')}\r\n`],
    ['JSON lines with a byte order mark', 'jsonl', `\uFEFF${lines.join('\n')}`],
    ['a JSON array', 'json', JSON.stringify(THREE, null, 2)],
    ['a JSON array in one line', 'json', JSON.stringify(THREE)],
    ['JSON lines named .json', 'json', lines.join('\n')],
    ['an object around an array', 'json', JSON.stringify({ version: 1, data: THREE }, null, 2)],
    [
      'CSV',
      'csv',
      `problem,answer\n${THREE.map(({ problem, answer }) => `"${problem}",${answer}`).join('\n')}\n`,
    ],
  ])('reads %s', (_, format, text) => {
    expect(parse(text, format).faults).toEqual([]);
    expect(golds(text, format)).toEqual(['1', '2', '3']);
  });

  it('reads CSV cells with line ends and quotes', () => {
    const { problems } = parse('question,answer\n"a ""b""\nc",5\n', 'csv');
    expect(problems).toMatchObject([{ problem: 'a "b"\nc', answer: '5' }]);
  });

  it('does not end a line at U+2028', () => {
    const row = `{"problem": "one\u2028two", "answer": "1"}`;
    expect(parse(row).problems[0]?.problem).toBe('one\u2028two');
  });

  it('names the line of each element of an array, and keeps the others', () => {
    const text =
      '[\n  {"problem": "A?", "answer": 1},\n  {"problem": "B?", "answer": NaN},\n\n  {"problem": "C]?", "answer": 3}\n]';
    const { problems, faults } = parse(text, 'json');
    expect(problems.map(({ problem }) => problem)).toEqual(['A?', 'C]?']);
    expect(faults).toMatchObject([{ line: 3, message: 'NaN is not JSON' }]);
    expect(parse(text.replace('"C]?"', '""'), 'json').faults.map(({ line }) => line)).toEqual([3, 5]);
  });

  it('reads what there is of a file that was cut off, and says where', () => {
    const array = JSON.stringify(THREE, null, 1);
    const { problems, faults } = parse(array.slice(0, -12), 'json');
    expect(problems).toHaveLength(2);
    expect(faults.at(-1)).toMatchObject({ severity: 'error', message: expect.stringContaining('cut off') });
    const cut = parse(lines.join('\n').slice(0, -5));
    expect(cut.problems).toHaveLength(2);
    expect(cut.faults).toMatchObject([{ line: 3, severity: 'error' }]);
  });

  it('finds any element in any piece: splitting does not depend on where the text is cut', () => {
    const value = fc.array(
      fc.record({ problem: fc.string({ minLength: 1 }), answer: fc.jsonValue({ maxDepth: 2 }) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(value, fc.boolean(), (rows, pretty) => {
        const text = JSON.stringify(rows, null, pretty ? 2 : 0);
        const { problems, faults } = parse(text, 'json');
        const usable = rows.filter(({ problem }) => problem.trim() !== '');
        expect(problems.map(({ problem }) => problem)).toEqual(usable.map(({ problem }) => problem.trim()));
        expect(faults.filter(({ severity }) => severity === 'error')).toHaveLength(
          rows.length - usable.length,
        );
      }),
    );
  });
});

describe('problem documents', () => {
  const document = [
    '---',
    'id: seven',
    'answer: "42"',
    'level: 3',
    '---',
    '# A title',
    '',
    '## Problem',
    '',
    'What is $6 \\cdot 7$?',
    '',
    '### Not a section of its own',
    '',
    '## Solution',
    '',
    'It is $\\boxed{41}$.',
    '',
    '## Notes',
    'none',
  ].join('\n');

  it('takes front matter, problem and solution', () => {
    const { problems, faults } = parse(document, 'markdown', 'seven.problem.md');
    expect(faults).toEqual([]);
    expect(problems).toEqual([
      {
        id: 'seven',
        problem: 'What is $6 \\cdot 7$?\n\n### Not a section of its own',
        answer: '42',
        mode: 'math',
        solution: 'It is $\\boxed{41}$.',
        level: 3,
      },
    ]);
  });

  it('reads the same with CRLF, and is named after its file without an id', () => {
    const crlf = document.replaceAll('\n', '\r\n').replace('id: seven\r\n', '');
    const { problems } = parse(crlf, 'markdown', 'dir/x.problem.md');
    expect(problems[0]).toMatchObject({ id: 'x-1', answer: '42', level: 3 });
  });

  it('says what is missing', () => {
    expect(parse('# Only a title', 'markdown', 'x.problem.md').faults).toMatchObject([
      { severity: 'error', field: 'problem', line: 1 },
    ]);
  });
});
