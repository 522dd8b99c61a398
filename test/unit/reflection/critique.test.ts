import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimedVerdict,
  parseTrajectory,
  readCritique,
  ruleScore,
} from '../../../src/core/reflection/index.ts';

const SOLUTION = `Step 1: The number of red marbles is 12+5=17.
Step 2: Doubling them gives 17*2=36 marbles in the second bag.
Step 3: By the binomial theorem the coefficient is \\frac{6!}{2!4!}=15.
Step 4: Adding up, 17+36+15=68.
The answer is 68.`;
const WHOLE: [number, number] = [0, SOLUTION.length];

/** [kind, anchor, number of the step that the finding stands in]. */
function read(critique: string) {
  const { verdict, findings } = readCritique(critique, SOLUTION, WHOLE);
  const stepAt = (at: number) =>
    Number(
      /Step (\d)/.exec(
        SOLUTION.slice(0, at + 6)
          .split('\n')
          .at(-1) ?? '',
      )?.[1] ?? 0,
    );
  return {
    verdict,
    findings: findings.map(({ kind, anchor, span }) => [
      kind,
      anchor,
      anchor === 'whole' ? 0 : stepAt(span[0]),
    ]),
  };
}

describe('verdict of a critique', () => {
  it.each([
    ['The solution is correct.', 'correct'],
    ['The solution is not correct.', 'incorrect'],
    ["The answer isn't right.", 'incorrect'],
    ['Conclusion: wrong [END]', 'incorrect'],
    ['Conclusion: right', 'correct'],
    ['**Verdict:** incorrect', 'incorrect'],
    ['Therefore, the answer is incorrect. Let me try again.\n... The answer is correct.', 'incorrect'],
    ['<think>\nThe solution is correct.\n</think>\nThe solution is wrong.', 'incorrect'],
    ['<think>\nThe solution is correct. Hm, no. The solution is wrong.\n</think>\n\\boxed{5}', 'incorrect'],
    ['If the solution is correct, we are done.', null],
    ['Is the answer correct?', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(claimedVerdict(text)).toBe(expected);
  });
});

describe('findings', () => {
  it.each([
    ['by the number of a step', 'In step 2, the product is wrong.', [['wrong-step', 'step', 2]]],
    ['by an ordinal', 'The second step is incorrect.', [['wrong-step', 'step', 2]]],
    ['by a number in words', 'Step two contains an error.', [['wrong-step', 'step', 2]]],
    [
      'not by a step that is only referred to',
      'After step 1, the doubling of 17 to 36 in step 2 is wrong.',
      [['wrong-step', 'step', 2]],
    ],
    ['by quotation', 'The claim "Doubling them gives 17*2=36" is wrong.', [['wrong-step', 'quotation', 2]]],
    [
      'by quotation in another spelling',
      'It is wrong that `\\frac{6!}{2! 4!} = 15`.',
      [['wrong-step', 'quotation', 3]],
    ],
    [
      'by the equation that it disputes',
      'The model incorrectly computed $17 \\times 2$ as 36; it should be 34.',
      [['wrong-step', 'equation', 2]],
    ],
    ['by likeness of words', 'The binomial theorem was misapplied.', [['wrong-step', 'similarity', 3]]],
    [
      'two steps, two findings',
      'Step 1 is correct. Step 2 is wrong: it should be 34.',
      [
        ['confirmed', 'step', 1],
        ['wrong-step', 'step', 2],
      ],
    ],
    [
      'headings',
      '**Step 1**: right.\n**Step 2**: This is right at first, but 36 is wrong.',
      [
        ['confirmed', 'step', 1],
        ['wrong-step', 'step', 2],
      ],
    ],
    ['what was missed', 'Step 3 overlooks the factor 2!.', [['missed', 'step', 3]]],
    ['what has no support', 'Step 3 is stated without proof.', [['unsupported', 'step', 3]]],
    ['the last word on a step counts', 'Step 2 is wrong. No: step 2 is correct.', [['confirmed', 'step', 2]]],
  ] as const)('%s', (_name, critique, expected) => {
    expect(read(critique).findings).toEqual(expected);
  });

  it.each([
    ['The whole approach is wrong.'],
    ['There is an error somewhere.'],
    ['Step 9 is wrong.'],
    ['The solution is incorrect.'],
    ['The marbles are wrong.'],
  ])('%j is on the whole solution rather than on a guessed line', (critique) => {
    expect(read(critique).findings).toEqual([['wrong-step', 'whole', 0]]);
  });

  it('a reflection of the critic about itself is no finding', () => {
    const critique =
      '<think>\nLet me compute. I get 35. No, that is wrong. It is 34.\n</think>\nThe solution is correct.';
    expect(read(critique)).toEqual({ verdict: 'correct', findings: [['confirmed', 'whole', 0]] });
  });

  it('a blamed step implies the verdict, praise does not', () => {
    expect(read('Step 2 is wrong.').verdict).toBe('incorrect');
    expect(read('Step 2 is correct.').verdict).toBe('none');
  });

  it('step numbers mean the last attempt', () => {
    const two = `Step 1: 1+1=3.\nThe answer is 3.\nWait, let me recheck my solution.\nTherefore, the answer is incorrect. Let me try again.\nStep 1: 1+1=4.\nThe answer is 4.`;
    const [finding] = readCritique('Step 1 is wrong.', two).findings;
    expect(two.slice(...(finding?.span ?? [0, 0]))).toBe('Step 1: 1+1=4.');
  });

  it('stay inside the solution, whatever the critique and the solution are', () => {
    const piece = fc.constantFrom(
      'Step 1',
      'step 2',
      'is wrong.',
      'is correct.',
      '"2+2=5"',
      '2+2=5',
      '<think>',
      '</think>',
      '\n',
      'The answer is',
      'incorrect.',
      '\\boxed{4}',
      'The second step',
      '`x`',
      'should be 4',
      '🧮',
    );
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(text, text, (critique, solution) => {
        for (const { span, confidence, message } of readCritique(critique, solution).findings) {
          expect(span[0]).toBeLessThanOrEqual(span[1]);
          expect(span[1]).toBeLessThanOrEqual(solution.length);
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(typeof message).toBe('string');
        }
      }),
    );
  });
});

/** One text of so many numbered parts. */
function numbered(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join('');
}

describe('hostile text', () => {
  it.each([
    ['spaces', ' '.repeat(100_000)],
    ['one long word', 'a'.repeat(100_000)],
    ['open braces', '\\boxed{'.repeat(20_000)],
    ['cues', 'wait '.repeat(20_000)],
    ['signs', '+=-*/'.repeat(20_000)],
    ['answers', 'the answer is '.repeat(10_000)],
    ['lines', '\n'.repeat(100_000)],
    ['quotes', '"'.repeat(100_000)],
    ['backslashes', '\\'.repeat(100_000)],
    ['cues and mathematics', 'wait x=1 '.repeat(7_000)],
    ['verdicts', 'the answer is wrong '.repeat(10_000)],
    ['numbers', '1,'.repeat(50_000)],
    ['letters', 'x '.repeat(50_000)],
    ['spaces between words', `a${' '.repeat(200_000)}b`],
    ['boxes', numbered(10_000, (i) => `Wait, \\boxed{${i}} `)],
    ['headings', '#'.repeat(100_000)],
    ['points', '* '.repeat(50_000)],
    ['blame of many steps', numbered(10_000, (i) => `Step ${i}: wrong ${i}+1\n`)],
    ['open boxes in a think part', `<think>${'\\boxed{'.repeat(28_000)}</think>${'\\boxed{'.repeat(28_000)}`],
    ['cues and new mathematics', numbered(10_000, (i) => `wait ${i}+1=${i + 1} `)],
  ])('%s are read in linear time', (_name, text) => {
    const start = performance.now();
    readCritique(text, text);
    ruleScore(text, { grade: () => 'incorrect' });
    parseTrajectory(text, 'compat');
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
