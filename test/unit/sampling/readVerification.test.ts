import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrajectory } from '../../../src/core/reflection/index.ts';
import { readVerification, VERDICT_SENTENCE } from '../../../src/core/sampling/index.ts';

describe('a verification', () => {
  it.each([
    [
      'ends with its verdict sentence; a repeated answer after it is cut',
      'Check 1: 3+4=7. Right.\nTherefore, the answer is correct. \\boxed{7}',
      'Check 1: 3+4=7. Right.\nTherefore, the answer is correct.',
      'correct',
    ],
    [
      'ends before a new attempt',
      'Check 1: 3+4=8. Wrong.\nTherefore, the answer is incorrect. Let me try again.\nStep 1: 3+4=7.\nTherefore, the answer is correct.',
      'Check 1: 3+4=8. Wrong.\nTherefore, the answer is incorrect.',
      'incorrect',
    ],
    [
      'gets the sentence of the protocol where another one says it',
      'Put back, 2*3.5=7 holds. So the original answer is right.',
      'Put back, 2*3.5=7 holds. So the answer is right.\n\nTherefore, the answer is correct.',
      'correct',
    ],
    [
      'is denied before it is confirmed',
      'An odd sum cannot be correct here, it is wrong.',
      'An odd sum cannot be correct here, it is wrong.\n\nTherefore, the answer is incorrect.',
      'incorrect',
    ],
    [
      'may say it in the sentence before the last, whose tail is cut',
      'The total is even. The answer is not correct. I hope this helps.',
      'The total is even. The answer is not correct.\n\nTherefore, the answer is incorrect.',
      'incorrect',
    ],
    [
      'that finds an answer plausible confirms it',
      'The size fits, without solving the problem step by step. The answer is plausible.',
      'The size fits. The answer is correct.\n\nTherefore, the answer is correct.',
      'correct',
    ],
    [
      'says its verdict once',
      'Therefore, the answer is correct. Checked twice.\nTherefore, the answer is correct.',
      'Checked twice.\nTherefore, the answer is correct.',
      'correct',
    ],
    [
      'stands after the thinking',
      '<think>Therefore, the answer is incorrect.</think>\nIt fits. Therefore, the answer is correct.',
      'It fits. Therefore, the answer is correct.',
      'correct',
    ],
    [
      'stands in the thinking where the summary gives a box only',
      '<think>\nIt fits.\nTherefore, the answer is correct.\n</think>\n\\boxed{7}',
      'It fits.\nTherefore, the answer is correct.',
      'correct',
    ],
  ])('%s', (_, written, text, verdict) => {
    expect(readVerification(written)).toEqual({ text, verdict });
  });

  it.each([
    [
      'cannot verify',
      'Something is missing. Therefore, the answer cannot be verified.',
      /cannot be verified/,
    ],
    ['cannot verify, in other words', 'The answer can not be fully verified.', /cannot be verified/],
    [
      'says both',
      'Therefore, the answer is correct. No. Therefore, the answer is incorrect.',
      /two verdicts/,
    ],
    ['says nothing', 'The sum is 7.\nThe product is 12.', /no verdict/],
    ['is empty', '<think></think>', /empty/],
    ['holds a marker', 'Wait, let me recheck my solution.\nTherefore, the answer is correct.', /marker/],
  ])('that %s is dropped', (_, written, fault) => {
    expect(readVerification(written)).toEqual({ fault: expect.stringMatching(fault) });
  });

  it('reads back in a trajectory with the verdict that it states, whatever was written before', () => {
    const words = fc.array(
      fc.constantFrom(
        '3+4=7.',
        'It is right.',
        'is wrong',
        '\n',
        'Let me see',
        VERDICT_SENTENCE.correct,
        '?',
        '7',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(words, fc.constantFrom('correct' as const, 'incorrect' as const), (said, verdict) => {
        const read = readVerification([...said, VERDICT_SENTENCE[verdict]].join(' '));
        if ('fault' in read) {
          expect(read.fault).toMatch(/two verdicts/);
          return;
        }
        const text = `\\boxed{7}\n\nWait, let me recheck my solution.\n\n${read.text}`;
        const [, verify] = parseTrajectory(text).actions;
        expect(read.verdict).toBe(verdict);
        expect(verify).toMatchObject({ type: 'verify', text: read.text, verdict, implicit: false });
        expect(read.text.split(VERDICT_SENTENCE[verdict])).toHaveLength(2);
      }),
    );
  });
});
