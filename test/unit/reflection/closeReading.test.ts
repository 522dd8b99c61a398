import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reflectionCount } from '../../../src/core/reflection/index.ts';
import { readConfidence, readReflections } from '../../../src/core/reflection/reading.ts';

const grade = (answer: string) => (answer === '5' ? 'correct' : 'incorrect') as 'correct' | 'incorrect';

describe('reading a solution closely', () => {
  it('gives each reflection its place, its answers and what it changed', () => {
    const text =
      'We add: 2+3 = 6. So the answer is \\boxed{6}. Wait, 2+3 = 5. So the answer is \\boxed{5}. Wait, 2+3 = 5 again. The answer is \\boxed{5}.';
    const { count, reflections, tokensAfterFirstCorrect } = readReflections({ text, tokens: 60 }, grade);
    expect(count).toBe(2);
    expect(
      reflections.map(({ before, after, transition }) => [before?.answer, after?.answer, transition]),
    ).toEqual([
      ['6', '5', 'i→c'],
      ['5', '5', 'c→c'],
    ]);
    expect(reflections.map(({ isSuperficial }) => isSuperficial)).toEqual([false, true]);
    for (const { span, text: words, token } of reflections) {
      expect(text.slice(...span)).toBe(words);
      expect(words).toBe('Wait');
      expect(token).toEqual({ token: Math.floor((60 * span[0]) / text.length), isExact: false });
    }
    expect(tokensAfterFirstCorrect?.isExact).toBe(false);
    expect(tokensAfterFirstCorrect?.tokens).toBeGreaterThan(20);
  });

  it('places them exactly where the tokens were recorded, and only where they are the text', () => {
    const texts = ['The answer', ' is 5', '. ', 'Wait', ', 2+3', ' = 5.'];
    const text = texts.join('');
    const [exact] = readReflections({ text, tokens: 6, logprobs: { texts } }, grade).reflections;
    expect(exact?.token).toEqual({ token: 3, isExact: true });
    const broken = { text, tokens: 6, logprobs: { texts: ['?', ...texts] } };
    expect(readReflections(broken, grade).reflections[0]?.token.isExact).toBe(false);
  });

  it('agrees with the count of the metrics on any text, and keeps places in the text', () => {
    const word = fc.constantFrom(
      'wait',
      'Let me double-check',
      '2+2=4.',
      'the answer is 5.',
      'so',
      '</think>',
      '',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = words.join(' ');
        const { count, reflections } = readReflections({ text, tokens: words.length }, grade);
        expect(count).toBe(reflectionCount(text));
        for (const { span, token } of reflections) {
          expect(span[1]).toBeLessThanOrEqual(text.length);
          expect(token.token).toBeLessThan(Math.max(1, words.length));
        }
      }),
    );
  });
});

describe('reading a critique for confidence', () => {
  it('tells hedges from boosters, in order, with their places', () => {
    const text = 'Step 2 is clearly wrong; perhaps the sign was lost. I think so.';
    const { cues, hedging } = readConfidence({ text, tokens: 16 });
    expect(cues.map(({ kind, text: words }) => [kind, words])).toEqual([
      ['booster', 'clearly'],
      ['hedge', 'perhaps'],
      ['hedge', 'I think'],
    ]);
    expect(hedging).toBeCloseTo(2 / 3);
    expect(readConfidence({ text: 'Right.', tokens: 2 })).toEqual({ cues: [], hedging: null });
  });
});
