import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, extractAnswer, GRADING_POLICIES } from '../../../src/core/answers/index.ts';

const lenient = GRADING_POLICIES.lenient ?? defaultPolicy;
const boxed = GRADING_POLICIES.boxed ?? defaultPolicy;

describe('extractAnswer', () => {
  it.each([
    ['the last box', 'First \\boxed{3}. No: \\boxed{4}.', '4'],
    ['the last closed box of a cut text', 'So \\boxed{12}. Let me check: \\boxed', '12'],
    ['boxes joined by "and"', '$x = \\boxed{1}$ and $x = \\boxed{2}$', '1 , 2'],
    ['boxes joined by commas', '\\boxed{1}, \\boxed{2}, \\boxed{3}', '1 , 2 , 3'],
    ['the last box after a turn', '\\boxed{10} and then \\boxed{42}', '42'],
    ['a percent sign behind the box', '\\boxed{28}$ percent', '28\\%'],
    ['nested braces', '\\boxed{\\frac{1}{\\sqrt{2}}}', '\\frac{1}{\\sqrt{2}}'],
    ['doubled backslashes', 'The result is \\\\boxed{\\\\frac{1}{2}}', '\\frac{1}{2}'],
    ['text behind the thinking', '<think>maybe \\boxed{1}</think> It is \\boxed{2}', '2'],
    ['the phrase', 'We get 7 + 5. The final answer is $12$. I hope it is correct.', '12'],
    ['the phrase without formula', 'The final answer is 12.', '12'],
    ['a label', '**Answer:** 3/4', '3/4'],
    ['the mark of GSM8K', 'So 6 * 7 = 42\n#### 42', '42'],
    ['a sentence behind the phrase', 'Final Answer: Jane started 3 hours ago.', '3'],
    ['a text that is an answer', ' $\\frac{1}{2}$ ', '\\frac{1}{2}'],
  ])('takes %s', (_, text, answer) => {
    expect(extractAnswer(text).answer).toBe(answer);
  });

  it.each([
    ['a number in prose', 'There are 3 red and 4 blue balls, 7 in all', '7'],
    ['the last formula', 'We have $a = 3$ and so $b = 4$ follows.', 'b = 4'],
    ['a number in bold', 'The value of \\(x\\) is **13**, where \\(y\\) is least.', '13'],
    ['a number in Chinese', '所以一共有3 + 10 = 13只鸟和鹳鸟。', '13'],
    ['digits grouped by spaces', 'In all 12 345 people came to see it', '12,345'],
  ])('takes %s only when lenient', (_, text, answer) => {
    expect(extractAnswer(text, lenient)).toMatchObject({ answer, doubt: ['lenient-extraction'] });
    expect(extractAnswer(text).answer).toBeNull();
  });

  it('takes nothing but boxes when told so', () => {
    expect(extractAnswer('The final answer is 12', boxed).answer).toBeNull();
    expect(extractAnswer('\\boxed{1} and \\boxed{2}', boxed).answer).toBe('2');
  });

  it('falls back on the thinking, and says so', () => {
    expect(extractAnswer('<think>so \\boxed{5}</think> That was all there is to do.')).toMatchObject({
      answer: '5',
      doubt: ['answer-in-thinking'],
    });
  });

  it.each([
    ['several boxes that disagree', 'a \\boxed{1}\n\nb \\boxed{2}', 'several-boxes'],
    ['another answer behind the box', '\\boxed{1}. Wait, the final answer is 2', 'changed-after-box'],
    ['second thoughts behind the box', '\\boxed{1}. Actually, let me recheck', 'changed-after-box'],
    ['a box that is cut off', 'thus \\boxed{1', 'unclosed-box'],
  ])('doubts %s', (_, text, doubt) => {
    expect(extractAnswer(text).doubt).toContain(doubt);
  });

  it('does not doubt a box that is said again', () => {
    const text = 'We get \\boxed{\\dfrac{1}{2}}. The final answer is $\\frac{1}{2}$.';
    expect(extractAnswer(text)).toMatchObject({ method: 'boxed', doubt: [] });
  });

  it('gives a span that holds the answer, also behind the thinking', () => {
    const number = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(fc.string(), number, fc.boolean(), (before, value, thinks) => {
        const text = `${thinks ? '<think>hm</think>' : ''}${before.replace(/[\\{}<]/g, '')} \\boxed{${value}} done`;
        const { answer, span } = extractAnswer(text);
        expect(answer).toBe(String(value));
        expect(text.slice(...(span ?? [0, 0]))).toBe(`\\boxed{${value}}`);
      }),
    );
  });

  it('never throws, and never answers with nothing', () => {
    const part = fc.constantFrom(
      '\\boxed{',
      '}',
      '{',
      '$',
      '\\(',
      '\\[',
      '</think>',
      'final answer is ',
      '3',
      ' ',
      '\n',
      '\\\\',
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 60 }),
        fc.constantFrom(defaultPolicy, lenient, boxed),
        (parts, policy) => {
          const { answer, span } = extractAnswer(parts.join(''), policy);
          expect(answer).not.toBe('');
          expect(answer === null).toBe(span === null);
        },
      ),
    );
  });
});
