import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAgreement, judgePrompt, parseJudgement } from '../../../src/core/judge/index.ts';
import { spearman } from '../../../src/core/stats/spearman.ts';

const object = { reflection_moments: ['Wait, 3+4=8'], analysis: 'It invents an error {sic}.', score: 7 };

describe("a judge's answer", () => {
  it.each([
    ['bare', JSON.stringify(object)],
    ['fenced', `Here it is:\n\`\`\`json\n${JSON.stringify(object, null, 2)}\n\`\`\`\nThat is all.`],
    ['after thinking with braces', `<think>{"score": 1} or {2}?</think>\n${JSON.stringify(object)}`],
    ['after quoted braces', `The set {1, 2} is meant. ${JSON.stringify(object)}`],
    ['with a number in quotes', JSON.stringify({ ...object, score: ' 7 ' })],
    ['rounded', JSON.stringify({ ...object, score: 6.6 })],
  ])('is read when it is %s', (_, text) => {
    expect(parseJudgement(text)).toEqual({
      score: 7,
      analysis: object.analysis,
      moments: object.reflection_moments,
    });
  });

  it('is clamped to the scale', () => {
    fc.assert(
      fc.property(fc.integer(), (score) => {
        expect(parseJudgement(JSON.stringify({ score }))?.score).toBe(Math.min(10, Math.max(0, score)));
      }),
    );
  });

  it.each([
    ['no JSON', 'I would say 7.'],
    ['no score', '{"analysis": "good"}'],
    ['a score in words', '{"score": "seven"}'],
    ['half an object', '{"analysis": "good", "score": 7'],
    ['nothing but thinking', '<think>{"score": 7}'],
    ['null', '{"score": null}'],
  ])('with %s is none', (_, text) => {
    expect(parseJudgement(text)).toBeNull();
  });

  it('is looked for in linear time in a hostile text', () => {
    expect(parseJudgement('{'.repeat(200_000))).toBeNull();
    expect(parseJudgement(`${'{"score":'.repeat(50_000)}}`)).toBeNull();
  });
});

describe('what the judge is asked', () => {
  const asked = { problem: 'What is 3+4?', gold: '7', trace: 'Wait. 3+4=7.' };

  it('names the five principles and the bands, and shows the gold only when told to', () => {
    const prompt = judgePrompt(asked);
    for (const words of ['P1', 'P2', 'P3', 'P4', 'P5', '0-2', '3-5', '6-8', '9-10', asked.trace])
      expect(prompt).toContain(words);
    expect(prompt).toContain('<reference_answer>\n7\n');
    expect(judgePrompt({ ...asked, gold: null })).not.toContain('<reference_answer>');
  });
});

describe('agreement of judge and rule score', () => {
  it('is what scipy and the definition of kappa give', () => {
    // scipy.stats.spearmanr([1, 2, 2, 8, 9], [2, 1, 4, 7, 8]) -> 0.8207826816681234
    expect(spearman([1, 2, 2, 8, 9], [2, 1, 4, 7, 8])).toBeCloseTo(0.8207826816681234, 12);
    const pairs = [
      { judge: 1, rule: 2 },
      { judge: 2, rule: 1 },
      { judge: 2, rule: 4 },
      { judge: 8, rule: 7 },
      { judge: 9, rule: 8 },
    ];
    const agreement = judgeAgreement(pairs);
    // Both say yes on 2, both no on 2 of 5: chance gives (3*2 + 2*3)/25.
    expect(agreement).toMatchObject({ pairs: 5, p1Judge: 3, p1Rule: 2, p1Agreement: 0.8 });
    expect(agreement.p1Kappa).toBeCloseTo((0.8 - 12 / 25) / (1 - 12 / 25), 12);
    expect(agreement.spearman).toBeCloseTo(0.8207826816681234, 12);
  });

  it('is undefined, not 0 or 1, where one side never changes', () => {
    const agreement = judgeAgreement([
      { judge: 7, rule: 7 },
      { judge: 7, rule: 8 },
    ]);
    expect(agreement).toMatchObject({ spearman: null, p1Agreement: 1, p1Kappa: null });
    expect(judgeAgreement([])).toMatchObject({ pairs: 0, meanJudge: null, p1Agreement: null });
  });

  it('as a correlation is 1 for any rising function, −1 for any falling one, and symmetric', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        const cubes = values.map((value) => value ** 3);
        expect(spearman(values, cubes)).toBeCloseTo(1, 12);
        expect(
          spearman(
            values,
            cubes.map((value) => -value),
          ),
        ).toBeCloseTo(-1, 12);
        const shuffled = values.toSorted((a, b) => (a % 7) - (b % 7));
        expect(spearman(values, shuffled)).toBeCloseTo(spearman(shuffled, values) ?? 0, 12);
      }),
    );
  });
});
