import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { type RowOrBreak, splitRows } from '../../../src/core/problems/index.ts';
import { createResultsReader, isResultRow, type Results } from '../../../src/core/results/index.ts';

function read(rows: readonly object[]): Results {
  return readText(rows.map((row) => JSON.stringify(row)).join('\n'));
}

function readText(text: string): Results {
  const reader = createResultsReader('results.jsonl');
  for (const row of splitRows(text, 'jsonl')) reader.add(row);
  return reader.finish();
}

function faultOf(rows: readonly object[] | string): UserError {
  try {
    if (typeof rows === 'string') readText(rows);
    else read(rows);
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

describe('a results file', () => {
  it('counts the samples of a problem where they have no number, and keeps the numbers where they have', () => {
    const { samples } = read([
      { id: 'a', answer: 1 },
      { id: 'b', answer: 2 },
      { id: 'a', answer: 3 },
    ]);
    expect(samples.map(({ problemId, index }) => `${problemId}#${index}`)).toEqual(['a#0', 'b#0', 'a#1']);
    expect(read([{ id: 'a', sample: 7, answer: 1 }]).samples[0]?.index).toBe(7);
  });

  it('understands the outputs of other programs', () => {
    const forms: [object, object][] = [
      // Qwen2.5-Math's evaluation: one problem a row, its samples in lists.
      [
        { idx: 3, question: 'q', gt: '5', pred: ['5', '6'], score: [true, false], code: ['\\boxed{5}', 'x'] },
        { answer: '5', grade: 'correct', text: '\\boxed{5}', index: 0 },
      ],
      // NeMo-Skills
      [
        {
          problem: 'q',
          id: 'p',
          expected_answer: '5',
          predicted_answer: '7',
          is_correct: false,
          generation: 'g',
        },
        { answer: '7', grade: 'incorrect', text: 'g' },
      ],
      // lm-evaluation-harness
      [
        { doc_id: 4, target: '5', acc: 1.0 },
        { problemId: '4', grade: 'correct', answer: null },
      ],
      // A public set to which a column was added: then `answer` is the gold one.
      [
        { problem_id: 'p', answer: '5', prediction: '$8$' },
        { answer: '8', grade: null },
      ],
      // solutions.jsonl of a run
      [
        {
          id: 'p#2',
          problemId: 'p',
          index: 2,
          text: 't',
          tokens: 9,
          finish: 'stop',
          answer: '1',
          grade: 'undetermined',
        },
        { problemId: 'p', index: 2, grade: 'undetermined', tokens: 9, finish: 'stop' },
      ],
    ];
    for (const [row, expected] of forms)
      expect(read([row]).samples[0], JSON.stringify(row)).toMatchObject(expected);
    expect(read([forms[0]?.[0] ?? {}]).samples).toHaveLength(2);
    expect(read([forms[3]?.[0] ?? {}]).problems[0]?.answer).toBe('5');
  });

  it('is read from CSV, where every cell is text and an empty one says nothing', () => {
    const reader = createResultsReader('results.csv');
    const csv = 'Problem ID,sample,Answer,is_correct,tokens\na,0,25,True,12\na,1,,False,\nb,,7,,3\n';
    for (const row of splitRows(csv, 'csv')) reader.add(row);
    expect(reader.finish().samples).toMatchObject([
      { problemId: 'a', index: 0, answer: '25', grade: 'correct', tokens: 12 },
      { problemId: 'a', index: 1, answer: null, grade: 'incorrect', tokens: null },
      { problemId: 'b', index: 0, answer: '7', grade: null, tokens: 3 },
    ]);
  });

  it('is told from a problem set, though it repeats the statements', () => {
    for (const columns of [
      ['id', 'problem', 'answer', 'prediction'],
      ['problemId', 'response', 'answer', 'gold', 'question'],
      ['idx', 'question', 'gt', 'pred', 'score'],
      ['doc_id', 'question', 'is_correct'],
    ]) {
      expect(isResultRow(columns), columns.join()).toBe(true);
    }
    for (const columns of [
      ['id', 'problem', 'answer', 'solution', 'level', 'subject'],
      ['unique_id', 'problem', 'expected_answer'],
      ['question_id', 'question', 'options', 'answer', 'answer_index', 'category'],
      ['prediction', 'problem'],
    ]) {
      expect(isResultRow(columns), columns.join()).toBe(false);
    }
  });

  it('says what it lacks, so that no metric takes what is not known for nothing', () => {
    expect([...read([{ id: 'a', correct: true }]).lacks].sort()).toEqual([
      'answer',
      'finish',
      'text',
      'tokens',
    ]);
    const whole = { id: 'a', answer: '1', text: 't', tokens: 3, finish_reason: 'eos' };
    expect([...read([whole]).lacks]).toEqual([]);
    expect([...read([whole, { id: 'b', answer: null, gold: '2' }]).lacks].sort()).toEqual([
      'finish',
      'text',
      'tokens',
    ]);
    // Graded by the program, which left the answers in the texts: "no answer" would be made up.
    const graded = { id: 'a', generation: '\\boxed{5}', correct: true };
    expect(read([graded]).lacks).toContain('answer');
    expect(read([{ ...graded, prediction: '5' }]).lacks).not.toContain('answer');
    expect(read([{ ...graded, correct: false, prediction: null }]).lacks).not.toContain('answer');
    expect(read([{ ...graded, correct: undefined, gold: '5' }]).lacks).not.toContain('answer');
  });

  it('names line and field of what it cannot use', () => {
    const faults: [readonly object[] | string, number | undefined, string | undefined, RegExp][] = [
      [[{ answer: 5 }], 1, 'problemId', /no problem id: the columns are answer/],
      [[{ id: 'a', correct: true }, { id: 'b' }], 2, 'answer', /neither an answer nor/],
      [[{ id: 'a', score: 0.5 }], 1, 'score', /0\.5 says neither right nor wrong/],
      [[{ id: 'a', sample: 'first', answer: 1 }], 1, 'sample', /"first" is no number/],
      [
        [
          { id: 'a', sample: 1, answer: 1 },
          { id: 'a', sample: 1, answer: 2 },
        ],
        2,
        'sample',
        /already in line 1/,
      ],
      [
        [
          { id: 'a', pred: 1, gold: 1 },
          { id: 'a', pred: 1, gold: 2 },
        ],
        2,
        'gold',
        /"1" in line 1/,
      ],
      [[{ id: 'a', pred: ['1', '2'], score: [true] }], 1, 'score', /1 entries/],
      [[{ id: 'a', answer: { x: 1 } }], 1, 'answer', /is no answer/],
      ['{"id": "a", "answer": 1}\n{"id": "b", "ans', 2, undefined, /not JSON/],
      ['', undefined, undefined, /holds no row/],
    ];
    for (const [rows, line, field, message] of faults) {
      const fault = faultOf(rows);
      expect(fault.place, fault.message).toEqual({
        file: 'results.jsonl',
        ...(line === undefined ? {} : { line }),
        ...(field === undefined ? {} : { field }),
      });
      expect(fault.message).toMatch(message);
    }
  });

  it('reads any JSON object or names what is wrong with it: nothing else is ever thrown', () => {
    const names = [
      'id',
      'problemId',
      'sample',
      'index',
      'answer',
      'pred',
      'correct',
      'score',
      'gold',
      'text',
    ];
    const row = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const reader = createResultsReader('results.jsonl');
        try {
          rows.forEach((values, at) => {
            const one: RowOrBreak = { line: at + 1, values };
            reader.add(one);
          });
          const { samples } = reader.finish();
          const ids = samples.map(({ problemId, index }) => `${problemId}#${index}`);
          expect(new Set(ids).size).toBe(ids.length);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
