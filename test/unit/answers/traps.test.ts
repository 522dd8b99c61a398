/** One row for each trap that a grader is known to have fallen into. */
import { describe, expect, it } from 'vitest';
import { compareAnswers } from '../../../src/core/answers/index.ts';

const SAME: readonly (readonly [string, string, string])[] = [
  ['a thousands comma', '2,100', '2100'],
  ['a comma that lists', '2,100', '100, 2'],
  ['a comma in braces', '10{,}000', '10000'],
  ['a comma with a negative space', '11,\\! 111,\\! 111', '11111111'],
  ['a unit in \\text', '15\\mbox{ cm}^2', '15'],
  ['a unit written out', '15 \\text{ square centimeters}', '15\\text{ cm}^2'],
  ['a constant equation', '3', '\\log_2 8 = 3'],
  ['a limit', '1', '\\lim_{x \\to 0} \\frac{\\sin x}{x} = 1'],
  ['a chain of equations', '2', 'f(1) = 1 + 1 = 2'],
  ['plus-minus in a set', '1-\\sqrt{5},1+\\sqrt{5},-2', '\\{1\\pm\\sqrt{5},-2\\}'],
  ['degrees as radians', '60^\\circ', '\\frac{\\pi}{3}'],
  ['degrees as a number', '60^\\circ', '60'],
  ['degrees in a function', '\\frac{1}{2}', '\\sin 30^\\circ'],
  ['a base that is not repeated', '204_5', '204'],
  [
    'doubled backslashes',
    '\\left(\\frac{1}{5},\\frac{1}{6}\\right)',
    '\\\\left(\\\\frac{1}{5},\\\\frac{1}{6}\\\\right)',
  ],
  ['a box in a box', '7', '\\boxed{\\boxed{7}}'],
  ['a box in \\text', '7', '\\text{\\boxed{7}}'],
  ['a percentage as a fraction', '33.5\\%', '0.335'],
  ['a percentage as a number', '10', '10\\%'],
  ['a double printed in full', '\\frac{1}{12}', '0.0833333333333333'],
  ['a decimal gold', '4.123105625617661', '\\sqrt{17}'],
  ['an unreduced fraction', '\\frac{1}{2}', '\\frac{2}{4}'],
  ['a determinant', '-2', '\\begin{vmatrix} 1 & 2 \\\\ 3 & 4 \\end{vmatrix}'],
  [
    'a matrix by its name',
    'B^{-1}=\\left[\\begin{array}{rr}3 & 7 \\\\ 5 & 12\\end{array}\\right]',
    '\\begin{bmatrix}3&7\\\\5&12\\end{bmatrix}',
  ],
  [
    'a matrix by its name, twice',
    'B^{-1}=\\begin{bmatrix}3&7\\\\5&12\\end{bmatrix}',
    'B^{-1}=\\begin{pmatrix}3&7\\\\5&12\\end{pmatrix}',
  ],
  ['a gold with an approximation sign', '\\approx 2.71', '2.71'],
  ['an approximate interval', '\\approx(-\\infty, 2.7095)', '(-\\infty, 2.7095)'],
  ['an answer that begins with its equals sign', '5', '= 5'],
  [
    'a factor before a matrix',
    '\\begin{pmatrix} 2 & 4 \\end{pmatrix}',
    '2\\begin{pmatrix} 1 & 2 \\end{pmatrix}',
  ],
  [
    'a transposed matrix',
    '\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}',
    '\\begin{pmatrix} 1 & 2 \\end{pmatrix}^T',
  ],
  ['an exponent of two digits', '2^{10}', '2^10'],
  ['a subscript behind its exponent', '\\frac{v_0^2}{g}', '\\frac{v^2_0}{g}'],
  ['another bound index', '\\sum_{k=0}^{\\infty} x^k', '\\sum_{n=0}^{\\infty} x^n'],
  ['another argument of the function', 'f(x) = x^2', 'f(t) = t^2'],
  ['an inequality turned round', '2 > x', 'x < 2'],
  ['an inequality of a multiple', 'x < 1', '-x > -1'],
  ['an absolute value as an interval', '(-3, 3)', '|x| < 3'],
  ['intervals that touch', '(-\\infty, 5)', '(-\\infty, 2] \\cup (2, 5)'],
  ['a union of sets', '\\{1, 2, 3\\}', '\\{1, 2\\} \\cup \\{2, 3\\}'],
  ['a side condition', '\\frac{\\pi}{4} + k\\pi, k \\in \\mathbb{Z}', 'k\\pi + \\frac{\\pi}{4}'],
  ['Python notation', '2**(1/4)', '\\sqrt{\\sqrt{2}}'],
  ['a scientific decimal', '3.54*10^{-7}', '3.54e-07'],
  ['a tiny number', '0.0000001', '10^{-7}'],
];

const DIFFERENT: readonly (readonly [string, string, string])[] = [
  [
    'another matrix of that name',
    'B^{-1}=\\begin{bmatrix}3&7\\\\5&12\\end{bmatrix}',
    '\\begin{bmatrix}3&7\\\\5&13\\end{bmatrix}',
  ],
  ['another value behind an approximation sign', '\\approx 2.71', '2.72'],
  ['a unit list that eats symbols', '3s^7', '3'],
  ['a tolerance on large numbers', '98721', '98730'],
  ['a tolerance on small numbers', '0.00001', '0.00002'],
  ['a tolerance without bound', '1', '100'],
  ['a sign before a fraction', '-c/a', 'c/a'],
  ['a decimal comma', '1.2', '1,2'],
  ['a list that is shorter', '\\sqrt{67}', '\\sqrt{67},-\\sqrt{85}'],
  ['an equation against its right side', 'a + 3z = 0', '0'],
  ['an interval against a point', '(0, 1)', '[0, 1]'],
  ['the order of a tuple', '(3, 1)', '(1, 3)'],
  ['a set against a tuple', '\\{1, 2\\}', '(1, 2)'],
  ['degrees against radians', '\\sin 30^\\circ', '\\sin 30'],
  ['another base', '204_5', '204_6'],
  ['times of the day', '12:00', '1:00'],
  ['units that differ', '12\\text{ cm}', '12\\text{ m}'],
  ['conditions that differ', 'n\\text{ if odd}', 'n\\text{ if even}'],
  ['a rounded integer', '987300.4', '987300'],
  ['a shorter decimal', '0.066793', '0.067'],
  ['a number that doubles cannot hold', '100000000001000000000', '100000000000000000000'],
  ['a root that doubles cannot tell', '10^{10}', '\\sqrt{10^{20}+1}'],
  ['capital and small letters', 'd', '\\text{E}'],
  ['sine and cosine', '\\sec x', '\\csc x'],
  ['digits run together', '12', '(1, 2)'],
  ['the direction of an inequality', 'x < 1', 'x > -1'],
  ['a strict inequality', 'x < 1', 'x \\le 1'],
  ['an absolute value without its bars', '|x-9|', '9-x'],
];

describe('traps', () => {
  it.each(SAME)('takes %s as the same', (_, gold, pred) => {
    expect(compareAnswers({ gold, pred })).toMatchObject({ grade: 'correct', reason: 'equal' });
    expect(compareAnswers({ gold: `$${gold}$`, pred: `\\boxed{${pred}}` }).grade).toBe('correct');
  });

  it.each(DIFFERENT)('tells %s apart', (_, gold, pred) => {
    expect(compareAnswers({ gold, pred }).grade).toBe('incorrect');
    expect(compareAnswers({ gold: pred, pred: gold }).grade).toBe('incorrect');
  });

  it('lets a decimal gold stand for an exact value, not a decimal answer for an exact gold', () => {
    expect(compareAnswers({ gold: '0.333333', pred: '\\frac{1}{3}' }).grade).toBe('correct');
    expect(compareAnswers({ gold: '\\frac{1}{3}', pred: '0.333333' }).grade).toBe('incorrect');
  });
});
