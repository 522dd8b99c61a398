import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProblemFormat, parseProblems } from '../../../src/core/problems/index.ts';

function parse(text: string, format: ProblemFormat = 'jsonl', file = 'set.jsonl') {
  return parseProblems(text, { file, format });
}

/** One row of the form of each public set, with made-up content. */
const ROWS: readonly { set: string; row: unknown; problem: object }[] = [
  {
    set: 'aime24',
    row: {
      id: 60,
      problem: 'Count them.',
      solution: 'So $\\boxed{025}$',
      answer: '025',
      url: 'x',
      year: '2024',
    },
    problem: { id: '60', answer: '025', mode: 'aime', solution: 'So $\\boxed{025}$' },
  },
  {
    set: 'Maxwell-Jia/aime',
    row: { ID: '2024-I-4', Problem: 'Count them.', Solution: 's', Answer: 116 },
    problem: { id: '2024-I-4', problem: 'Count them.', answer: '116', mode: 'aime' },
  },
  {
    set: 'aime25',
    row: { id: 'aime25-0', problem: 'Count.', expected_answer: '70', reference_solution: 'It is 70.' },
    problem: { id: 'aime25-0', answer: '70', mode: 'aime', solution: 'It is 70.' },
  },
  {
    set: 'amc23',
    row: { id: 0, question: 'How far?', answer: 27.0, url: 'x' },
    problem: { id: '0', problem: 'How far?', answer: '27', mode: 'math' },
  },
  {
    set: 'math500',
    row: {
      problem: 'P',
      solution: 'S',
      answer: '\\frac12',
      subject: 'Algebra',
      level: 2,
      unique_id: 'test/a/1.json',
    },
    problem: { id: 'test/a/1.json', answer: '\\frac12', level: 2, subject: 'Algebra' },
  },
  {
    set: 'hendrycks_math',
    row: { problem: 'P', level: 'Level 3', type: 'Geometry', solution: 'Thus $\\boxed{\\sqrt{2}}$.' },
    problem: { answer: '\\sqrt{2}', level: 3, subject: 'Geometry', solution: 'Thus $\\boxed{\\sqrt{2}}$.' },
  },
  {
    set: 'gsm8k',
    row: { question: 'How much?', answer: '48/2 = <<48/2=24>>24\n#### 1,024' },
    problem: { id: 'set-1', answer: '1024', solution: '48/2 = <<48/2=24>>24' },
  },
  {
    set: 'gaokao',
    row: { source: 'x', question: 'Find it.', lang: 'en', answer: '$\\{x|x < 1\\}$' },
    problem: { answer: '\\{x|x < 1\\}', mode: 'math' },
  },
  {
    set: 'gaokao with options in the statement',
    row: { question: 'Which? (A) one (B) two (C) three', answer: 'B' },
    problem: { answer: 'B', mode: 'choice' },
  },
  {
    set: 'college_math',
    row: {
      data_source: 's',
      question_number: '1',
      question: 'Solve.',
      answer: '$(45,2),(-10,-9)$',
      data_topic: 't',
    },
    problem: { id: 'set-1', answer: '(45,2),(-10,-9)', subject: 't' },
  },
  {
    set: 'olympiadbench',
    row: {
      id: 1606,
      subfield: 'Algebra',
      context: 'Let n be given.',
      question: 'Find n.',
      solution: ['first', 'second'],
      final_answer: ['1,2'],
      is_multiple_answer: true,
      unit: null,
      answer_type: 'Numerical',
      error: null,
    },
    problem: {
      id: '1606',
      problem: 'Let n be given.\n\nFind n.',
      answer: '1,2',
      solution: 'first',
      subject: 'Algebra',
    },
  },
  {
    set: 'folio',
    row: { premises: ['All A are B. ', 'x is A.'], conclusion: 'x is B.', label: 'True', 'premises-FOL': [] },
    problem: { answer: 'True', mode: 'boolean' },
  },
  {
    set: 'cruxeval',
    row: { code: 'def f(x):\n    return [x]', input: '1', output: "['$1$']", id: 'sample_0' },
    problem: { id: 'sample_0', answer: "['$1$']", mode: 'python' },
  },
  {
    set: 'strategyqa',
    row: { qid: 'e00', term: 't', description: 'd', question: 'Is it?', answer: false, facts: ['f'] },
    problem: { id: 'e00', answer: 'False', mode: 'boolean' },
  },
  {
    set: 'mmlu-pro',
    row: {
      question_id: 7,
      question: 'Which?',
      options: ['one', ' two'],
      answer: 'B',
      answer_index: 1,
      category: 'math',
    },
    problem: { id: '7', answer: 'B', mode: 'choice', options: ['one', 'two'], subject: 'math' },
  },
  {
    set: 'dapo',
    row: {
      prompt: [
        {
          role: 'user',
          content:
            'Solve the following math problem step by step. The last line of your response should be of the form Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\nFind n.\n\nRemember to put your answer on its own line after "Answer:".',
        },
      ],
      reward_model: { ground_truth: '34', style: 'rule' },
      extra_info: { index: 'abc' },
    },
    problem: { id: 'abc', problem: 'Find n.', answer: '34', mode: 'math' },
  },
  {
    set: 'dapo, processed',
    row: { prompt: 'Find n.', solution: '34', source_prompt: [], reward_model: { ground_truth: '34' } },
    problem: { problem: 'Find n.', answer: '34' },
  },
  {
    set: 'processbench',
    row: { id: 'g-0', problem: 'P', steps: ['a', 'so \\boxed{3}'], final_answer_correct: false, label: 1 },
    problem: { id: 'g-0', answer: null, solution: 'a\n\nso \\boxed{3}' },
  },
];

describe('field recognition', () => {
  it.each(ROWS)('reads a row of $set', ({ set, row, problem }) => {
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

describe('nothing is dropped silently', () => {
  it('gives each bad row its line, field and remedy', () => {
    const rows = [
      '{"problem": "A", "answer": "1"}',
      'oops',
      '[1]',
      '{"answer": "1"}',
      '{"problem": " ", "answer": "1"}',
      '{"problem": "B"}',
    ];
    const { problems, faults } = parse(rows.join('\n'));
    expect(problems).toHaveLength(2);
    expect(faults.map(({ line, severity }) => [line, severity])).toEqual([
      [2, 'error'],
      [3, 'error'],
      [4, 'error'],
      [5, 'error'],
      [6, 'warning'],
    ]);
    for (const fault of faults) {
      expect(fault.file).toBe('set.jsonl');
      expect(fault.remedy).toMatch(/\.$/);
    }
  });

  it('keeps rows with one id apart, and says so', () => {
    const rows = Array.from({ length: 4 }, (_, i) =>
      JSON.stringify({ id: 'a', problem: `P${i}`, answer: '1' }),
    );
    const { problems, faults } = parse(rows.join('\n'));
    expect(problems.map(({ id }) => id)).toEqual(['a', 'a~2', 'a~3', 'a~4']);
    expect(faults.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it('accounts for every line of any text', () => {
    const line = fc.oneof(
      fc.string().map((text) => text.replaceAll('\n', '')),
      fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
      fc
        .record({ problem: fc.string(), id: fc.constantFrom('a', 'b'), answer: fc.string() })
        .map((row) => JSON.stringify(row)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const { problems, faults } = parse(lines.join('\n'));
        const errors = new Set(
          faults.filter(({ severity }) => severity === 'error').map((fault) => fault.line),
        );
        const rows = lines.filter((text) => text.replace('\uFEFF', '').trim() !== '').length;
        expect(problems.length + errors.size).toBe(rows);
        expect(new Set(problems.map(({ id }) => id)).size).toBe(problems.length);
      }),
    );
  });

  it('reads deep nesting without overflowing', () => {
    const list = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parse(`{"problem": "P", "answer": "1", "extra": ${list}}`).problems).toHaveLength(1);
    for (const field of ['answer', 'options', 'problem', 'id', 'solution', 'level', 'mode']) {
      const { problems, faults } = parse(`{"problem": "P?", "answer": "1", "id": 1, "${field}": ${list}}`);
      expect(faults).toContainEqual(expect.objectContaining({ line: 1, field }));
      expect(problems).toHaveLength(field === 'problem' ? 0 : 1);
    }
    expect(parse('['.repeat(100_000), 'json').problems).toHaveLength(0);
  });
});
