import { describe, expect, it } from 'vitest';
import {
  problemSetCanonicalText,
  renderStatement,
  statementCanonicalText,
} from '../../../src/core/problems/index.ts';

describe('identity of a set', () => {
  const problem = { id: 'a', problem: 'P', answer: '1' };

  it('changes with ids, statements, golds and their order', () => {
    const other = { id: 'b', problem: 'Q', answer: null };
    const texts = [
      [problem, other],
      [other, problem],
      [problem],
      [{ ...problem, id: 'c' }, other],
      [{ ...problem, problem: 'R' }, other],
      [{ ...problem, answer: '2' }, other],
      [{ ...problem, answer: null }, other],
    ].map(problemSetCanonicalText);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('does not change with columns that do not matter', () => {
    const extra = { ...problem, level: 3, subject: 'x' };
    expect(problemSetCanonicalText([extra])).toBe(problemSetCanonicalText([problem]));
  });
});

describe('the statement for the leakage guard', () => {
  it('is the same for copies that differ in white space, case and Unicode form', () => {
    const wanted = statementCanonicalText('Find the VALUE of x² + é.');
    expect(statementCanonicalText('  find the\n value  of x² + e\u0301.')).toBe(wanted);
    expect(statementCanonicalText('Find the value of x² - é.')).not.toBe(wanted);
  });
});

describe('the statement for the model', () => {
  it('is the statement alone in maths', () => {
    expect(renderStatement({ problem: 'P', mode: 'math' })).toBe('P');
    expect(renderStatement({ problem: 'P', mode: 'aime' })).toBe('P');
  });

  it('shows lettered options and the form of the answer', () => {
    expect(renderStatement({ problem: 'Which?', mode: 'choice', options: ['one', 'two', 'three'] })).toBe(
      'Which?\n\nA) one\nB) two\nC) three\n\nAnswer with the letter of the right option, A to C.',
    );
    expect(renderStatement({ problem: 'Is it?', mode: 'boolean' })).toBe(
      'Is it?\n\nAnswer with True or False.',
    );
    expect(renderStatement({ problem: 'f?', mode: 'python' })).toContain('Python literal');
  });
});
