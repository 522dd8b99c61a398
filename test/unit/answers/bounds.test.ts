/** Hostile input: every grade ends within a quarter of a second of processor time, and nothing is evaluated. */
import { describe, expect, it } from 'vitest';
import {
  compareAnswers,
  defaultPolicy,
  GRADING_POLICIES,
  gradeAnswer,
} from '../../../src/core/answers/index.ts';
import { answerModeSchema } from '../../../src/core/schema/problem.ts';

const LIMIT_MS = 250;

/** Milliseconds of processor time, so that a busy machine does not fail the test. The better of two runs counts. */
function cost(work: () => unknown): number {
  const once = () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  return Math.min(once(), once());
}

const many = (text: string, length = 2900) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

const HOSTILE: Readonly<Record<string, string>> = {
  tower: '9^{9^{9^9}}',
  'huge power': '10^{100000000}',
  'tower of twos': '2^{2^{2^{49}}}',
  bars: many('|', 200),
  'bars and names': many('|x'),
  brackets: many('('),
  braces: many('{'),
  'nested fractions': `${'\\frac{1}{'.repeat(280)}1${'}'.repeat(280)}`,
  'nested roots': `${'\\sqrt{'.repeat(360)}2${'}'.repeat(360)}`,
  'long sum': `${many('x+')}x`,
  'long product': many('(x+1)'),
  'large power of a sum': '(x+1)^{1000}',
  'power of a name': '(1+x)^{n}',
  'double series': '\\sum_{n=1}^{2000}\\sum_{m=1}^{2000} nm',
  'product of fractions': '\\prod_{k=1}^{2000} (k+\\frac{1}{k})',
  factorials: `${many('999!+')}1`,
  'factorial of factorials': `5${many('!')}`,
  binomials: '\\binom{1000}{500}^{20}',
  digits: many('9'),
  'quotient of digits': `${many('9', 1400)}/${many('7', 1400)}`,
  'root of digits': `\\sqrt{${many('7')}}`,
  'long list': many('1,'),
  'list of tuples': many('(1,2),'),
  chain: many('x='),
  inequalities: many('1<'),
  'ratio of everything': many('a:'),
  union: many('(1,2)\\cup'),
  'plus-minus': many('\\pm 1'),
  percents: `1${many('\\%')}`,
  'long row': `\\begin{pmatrix}${many('1&')}1\\end{pmatrix}`,
  'many environments': many('\\begin{pmatrix}'),
  texts: many('\\text{'),
  blanks: `${many(' ')}1`,
  'numbers and blanks': many('1 '),
  ands: many('1 and '),
  'set builder': `\\{x|${many('x|')}\\}`,
  'function of function': `${'f('.repeat(600)}x${')'.repeat(600)}`,
  exponentials: 'e^{e^{e^{e^{e}}}}',
  'large angle': '\\sin(10^{300})',
  'irrational powers': many('\\pi^{\\sqrt{2}}+'),
  'power of surds': '(\\sqrt2+\\sqrt3)^{100000}',
  'division by zero': '\\frac{1}{0}',
  'bidirectional marks': `\u202e${many('1', 100)}`,
};

describe('hostile answers', () => {
  const golds = ['1', 'x+1', '\\sqrt2', '(1,2)', '\\{1,2\\}', 'x=1', '3\\text{ cm}', '0.123456'];
  it.each(Object.entries(HOSTILE))('are graded in time: %s', (_, pred) => {
    for (const gold of [...golds, pred, `${pred}+1`]) {
      expect(cost(() => compareAnswers({ gold, pred }))).toBeLessThan(LIMIT_MS);
    }
  });
});

const GENERATIONS = [
  '\\boxed{',
  '\\boxed{5} and ',
  '$',
  'final answer is ',
  'answer: ',
  ' ',
  '\n',
  '1',
  '1,',
  '</think>',
  '\\(',
].concat([
  '\\',
  '\\boxed{5}. wait ',
  '#### ',
  '"answer": "',
  'assert f() == ',
  'A ',
  'true ',
  '**1',
  '{',
  '`',
  'the answer is $x$ ',
]);

describe('hostile generations of 400,000 characters', () => {
  it.each(GENERATIONS)('are graded in time: %j', (unit) => {
    const text = many(unit, 400_000);
    for (const mode of answerModeSchema.options) {
      for (const policy of [defaultPolicy, GRADING_POLICIES.lenient ?? defaultPolicy]) {
        expect(cost(() => gradeAnswer({ text, gold: '5', mode, policy }))).toBeLessThan(LIMIT_MS);
      }
    }
  });
});
