import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDuplicateIndex, createLinter, lintProblem } from '../../../src/core/problems/lint/index.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';

const SOUND: Problem = {
  id: 'a',
  problem: 'What is the sum of the first ten odd numbers?',
  answer: '100',
  mode: 'math',
  solution: 'It is $\\boxed{100}$.',
};

function rulesOf(change: Partial<Problem>, aimeSet = false): string[] {
  return lintProblem({ ...SOUND, ...change }, { aimeSet }).map(({ rule }) => rule);
}

describe('rules', () => {
  it('find nothing in a sound problem', () => {
    expect(rulesOf({})).toEqual([]);
    expect(rulesOf({ mode: 'aime' }, true)).toEqual([]);
    expect(rulesOf({ mode: 'choice', answer: 'B', options: ['1', '2'], solution: 'B' })).toEqual([]);
    expect(rulesOf({ mode: 'python', answer: "{'a': [1]}", solution: 's' })).toEqual([]);
    expect(rulesOf({ answer: '\\text{Evelyn}', solution: 's' })).toEqual([]);
    expect(rulesOf({ answer: '(-\\infty, 3] \\cup (5, 7)', solution: 's' })).toEqual([]);
    expect(
      rulesOf({ problem: 'A pen costs $5 and a book $12. What do both cost?', answer: '17', solution: 's' }),
    ).toEqual([]);
  });

  it.each<[string, string, Partial<Problem>]>([
    ['missing-gold', 'a missing gold', { answer: null }],
    ['unreadable-gold', 'a gold that is cut off', { answer: '\\frac{1}{', solution: 's' }],
    ['unreadable-gold', 'a gold that is no option', { mode: 'choice', answer: '42', options: ['1', '2'] }],
    ['unreadable-gold', 'a gold that is no literal', { mode: 'python', answer: 'f(2)' }],
    ['leaked-answer', 'a gold in a box', { problem: 'Find n. (Answer: \\boxed{100})' }],
    ['leaked-answer', 'a gold behind "the answer is"', { problem: 'Find the sum; the answer is 100.' }],
    [
      'leaked-answer',
      'a long gold word for word',
      {
        problem: 'Simplify the sum $\\sqrt{2}+3\\sqrt{5}$ of roots.',
        answer: '\\sqrt{2} + 3\\sqrt{5}',
        solution: 's',
      },
    ],
    ['solution-disagrees', 'a solution that ends elsewhere', { solution: 'So \\boxed{99}.' }],
    ['hidden-characters', 'bidirectional marks', { problem: `What is \u202e the sum of ten numbers?` }],
    ['hidden-characters', 'a zero-width space', { answer: '1\u200b00', solution: 's' }],
    ['broken-characters', 'a replacement character', { problem: 'What is the sum of caf\ufffd and tea?' }],
    ['broken-characters', 'text that was decoded wrongly', { solution: 'It is Ã©lan: \\boxed{100}' }],
    [
      'options',
      'an option that is not there',
      { mode: 'choice', answer: 'D', options: ['1', '2'], solution: 's' },
    ],
    ['options', 'two options alike', { mode: 'choice', answer: 'A', options: ['1', '1'], solution: 's' }],
    ['statement', 'a statement that was cut off', { problem: 'Find n.' }],
    ['statement', 'a picture', { problem: 'What is the area? ![figure](a.png)' }],
    [
      'statement',
      'the prompt of another harness',
      { problem: 'Solve the following math problem step by step. Now.\n\nFind the sum of n.' },
    ],
    [
      'open-formula',
      'a formula that is not closed',
      { problem: 'Let $x$ be $y + z for all numbers. Find them.' },
    ],
  ])('%s finds %s', (rule, _, change) => {
    const findings = lintProblem({ ...SOUND, ...change }, { aimeSet: false });
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    for (const { message, remedy } of findings) expect([message, remedy]).not.toContain('');
  });

  it.each(['1000', '-1', '12.5', '\\sqrt{2}'])('aime-range finds %s in a set of AIME answers', (answer) => {
    expect(rulesOf({ answer, solution: 's' }, true)).toContain('aime-range');
    expect(rulesOf({ answer, solution: 's' })).not.toContain('aime-range');
  });
});

describe('duplicates', () => {
  const words = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => `w${from + i}`).join(' ');

  it('finds exact copies whatever their spacing, case and punctuation', () => {
    const index = createDuplicateIndex();
    expect(index.add('Find  the value of X, please!')).toEqual([]);
    expect(index.add('find the value of x please')).toEqual([{ of: 0, kind: 'exact', share: 1 }]);
    expect(index.add('find the value of y please')).toEqual([]);
  });

  it('finds a copy with a changed number, and what contains another', () => {
    const index = createDuplicateIndex();
    index.add(words(0, 60));
    expect(index.add(words(0, 60).replace('w50', 'changed'))).toMatchObject([{ of: 0, kind: 'near' }]);
    expect(index.add(`${words(0, 60)} ${words(500, 10)}`)[0]).toMatchObject({
      of: 0,
      kind: 'near',
      share: 1,
    });
    expect(index.add(words(1000, 60))).toEqual([]);
  });

  it('estimates shares from a sample when there are more runs than it may hold', () => {
    const index = createDuplicateIndex(4000);
    for (let i = 0; i < 500; i++) expect(index.add(words(1000 * i, 212))).toEqual([]);
    // 500 times 200 runs, of which 4,000 may be held.
    expect(index.sampling).toBe(32);
    const copies = Array.from({ length: 500 }, (_, i) => i);
    const found = copies.filter((i) => {
      const list = index.add(`${words(1000 * i, 212)} and more`);
      expect(list.every(({ of }) => of === i)).toBe(true);
      return list.length === 1;
    });
    // 6 of 200 runs are in the sample on average; those of few copies are too few to tell.
    expect(found.length).toBeGreaterThan(0.8 * copies.length);
    expect(index.add(words(1000, 212))[0]).toEqual({ of: 1, kind: 'exact', share: 1 });
  });

  it('takes no common instruction for a duplicate', () => {
    const index = createDuplicateIndex();
    const instruction = words(0, 20);
    const found = Array.from({ length: 300 }, (_, i) =>
      index.add(`${instruction} ${words(1000 + 40 * i, 30)}`),
    );
    expect(found.flat()).toEqual([]);
  });

  it('reports the pair in which a planted copy is, and no other', () => {
    const planted = fc.record({ seed: fc.nat(1e6), from: fc.nat(19), to: fc.nat(19) });
    fc.assert(
      fc.property(planted, ({ seed, from, to }) => {
        const statements = Array.from({ length: 20 }, (_, i) => words(seed + 1000 * i, 40));
        const at = Math.max(from, to);
        statements[at] = `${statements[Math.min(from, to)] ?? ''} and more`;
        const index = createDuplicateIndex();
        const found = statements.map((statement) => index.add(statement));
        expect(found.flatMap((list, i) => list.map(({ of }) => [of, i]))).toEqual(
          from === to ? [] : [[Math.min(from, to), at]],
        );
      }),
    );
  });

  it('names both places, within and across files', () => {
    const linter = createLinter();
    const rows = [
      ...linter.add('a.jsonl', 3, SOUND),
      ...linter.add('a.jsonl', 9, { ...SOUND, id: 'b' }),
      ...linter.add('b.jsonl', 1, { ...SOUND, id: 'c' }),
    ];
    expect(rows).toMatchObject([
      {
        rule: 'exact-duplicate',
        file: 'a.jsonl',
        line: 9,
        problemId: 'b',
        other: { file: 'a.jsonl', line: 3, problemId: 'a' },
      },
      {
        rule: 'exact-duplicate',
        file: 'b.jsonl',
        line: 1,
        problemId: 'c',
        other: { file: 'a.jsonl', line: 3 },
      },
    ]);
    expect(rows[1]?.message).toContain('a.jsonl:3');
  });

  it('lints 10,000 rows in a tenth of the time that 50,000 may take', () => {
    const linter = createLinter();
    const start = process.cpuUsage();
    for (let i = 0; i < 10_000; i++)
      linter.add('set.jsonl', i, { ...SOUND, id: String(i), problem: `Find ${words(37 * i, 70)}.` });
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(6);
  });
});
