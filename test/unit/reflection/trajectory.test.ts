import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseTrajectory,
  RECHECK,
  RETRY,
  rewardActions,
  rewardWord,
  statedVerdict,
  verificationStyle,
} from '../../../src/core/reflection/index.ts';

const m = `\n\n${RECHECK}\n\n`;
const r = `\n\n${RETRY}\n\n`;
const RIGHT = 'Therefore, the answer is correct.';
const WRONG = 'Therefore, the answer is incorrect.';
const grade = (answer: string) => (answer === '4' ? 'correct' : 'incorrect');

function word(text: string): string {
  return rewardWord(rewardActions(parseTrajectory(text), { grade }));
}

describe('reward contexts (test vectors of spec B5)', () => {
  it.each([
    ['confirmed', `\\boxed{4}${m}${RIGHT}`, 'R+V+'],
    ['found and repaired', `\\boxed{5}${m}${WRONG}${r}\\boxed{4}${m}${RIGHT}`, 'R-V+R+V+'],
    ['blessed', `\\boxed{5}${m}${RIGHT}`, 'R-V-'],
    ['no verdict at the end is implicitly correct', `\\boxed{5}${m}I looked at it.`, 'R-V-'],
    ['cannot be verified denies', `\\boxed{5}${m}Therefore, the answer cannot be verified.`, 'R-V+'],
    ['nothing boxed is wrong', `It is 4.${m}${RIGHT}`, 'R-V-'],
    ['an empty box is wrong', `\\boxed{}${m}${RIGHT}`, 'R-V-'],
  ])('%s', (_name, text, expected) => {
    expect(word(text)).toBe(expected);
  });

  it('gives each action the rewards before it', () => {
    const rewarded = rewardActions(parseTrajectory(`\\boxed{5}${m}${WRONG}${r}\\boxed{4}${m}${RIGHT}`), {
      grade,
    });
    expect(rewarded.map(({ context, reward }) => [context, reward])).toEqual([
      ['', -1],
      ['R-', 1],
      ['R-V+', 1],
      ['R-V+R+', 1],
    ]);
  });

  it('leaves undetermined answers without a reward', () => {
    const rewarded = rewardActions(parseTrajectory(`\\boxed{4}${m}${RIGHT}`), {
      grade: () => 'undetermined',
    });
    expect(rewardWord(rewarded)).toBe('R?V?');
  });
});

describe('actions (spec B5.1, B5.2)', () => {
  const types = (text: string, mode: 'exact' | 'compat' = 'exact') =>
    parseTrajectory(text, mode).actions.map((action) => action.type);

  it('an ordinary "Wait," in a solve is no marker, but is in compat mode', () => {
    const text = `Two plus two. Wait, that is four. \\boxed{4}${m}${RIGHT}`;
    expect(types(text)).toEqual(['solve', 'verify']);
    expect(types(text, 'compat')).toEqual(['solve', 'verify']);
    expect(parseTrajectory(text, 'compat').actions[0]?.text).toBe('Two plus two.');
    expect(parseTrajectory(text).actions[0]?.text).toContain('Wait, that is four.');
  });

  it('merges actions of one kind', () => {
    expect(types(`\\boxed{5}${m}Hm.${m}${WRONG}${r}First.${r}\\boxed{4}${m}${RIGHT}`)).toEqual([
      'solve',
      'verify',
      'solve',
      'verify',
    ]);
  });

  it.each([
    [`\\boxed{4}${m}${RIGHT}`, true],
    ['\\boxed{4}', false],
    [`\\boxed{5}${m}${WRONG}${r}\\boxed{4}`, false],
    [`${m}${RIGHT}`, false],
    ['', false],
  ])('%j is well formed: %s', (text, expected) => {
    expect(parseTrajectory(text).isValid).toBe(expected);
  });

  it('a text without markers is one solve, and has not the S2R form', () => {
    expect(parseTrajectory('Just \\boxed{4}.')).toMatchObject({ hasMarkers: false, isValid: false });
  });

  it('reads back what it was built from', () => {
    const part = fc.constantFrom(
      'Add 2 and 2.',
      'Wait, no.',
      'It is \\boxed{4}.',
      'x = 3\n\ny = 4',
      'Let me try again and again.',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { minLength: 1, maxLength: 5 }), (rounds) => {
        const text = rounds.map(([solve, verify]) => `${solve}${m}${verify}`).join(r);
        const { actions, isValid } = parseTrajectory(text);
        expect(isValid).toBe(true);
        expect(actions.map((action) => action.text)).toEqual(rounds.flat());
        for (const action of actions) expect(text.slice(...action.span)).toBe(action.text);
      }),
    );
  });
});

describe('stated verdict (spec B5.4)', () => {
  it.each([
    ['Therefore, the answer is correct. Therefore, the answer is incorrect.', 'incorrect'],
    ['Therefore, the answer is 4. That is correct.', 'correct'],
    ['It is not verified, though it is correct.', 'incorrect'],
    ['The result is verified to be 4.', 'correct'],
    ['The value is indeed 4.', 'correct'],
    ['We cannot verify this.', 'incorrect'],
    ['Nothing to say.', null],
  ])('%s', (text, expected) => {
    expect(statedVerdict(text)).toBe(expected);
  });

  it('without one, a retry after it means incorrect', () => {
    const { actions } = parseTrajectory(`\\boxed{5}${m}Hm, 2+2.${r}\\boxed{4}${m}Fine, 2+2.`);
    expect(
      actions
        .filter((action) => action.type === 'verify')
        .map(({ verdict, implicit }) => [verdict, implicit]),
    ).toEqual([
      ['incorrect', true],
      ['correct', true],
    ]);
  });
});

describe('style of a verification (spec B8)', () => {
  it.each([
    ['Substitute x = 4 into the equation: 4 + 3 = 7, as asked.', '4', 'confirmative'],
    ['Working backwards, 4*3-5 = 7.', '4', 'confirmative'],
    ['From 4+3=7 we see that it fits.', '4', 'confirmative'],
    ['We solve again: x = 7-3 = 4, the same value.', '4', 'problem-solving'],
    ['It looks plausible.', '4', 'none'],
  ] as const)('%s', (text, candidate, expected) => {
    expect(verificationStyle(text, candidate)).toBe(expected);
  });
});
