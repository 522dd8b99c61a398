import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_FORMULA, MOST_FORMULAS, splitMath } from '../../src/core/mathText.ts';

const formulas = (text: string) => splitMath(text).filter(({ kind }) => kind !== 'text');

describe('formulas in a text', () => {
  it('are found in the four forms that sets and models use', () => {
    const text = 'Let $x^2$ and \\(y\\), then $$\\frac{a}{b}$$ or \\[ z \\]';
    expect(formulas(text).map(({ kind, tex }) => [kind, tex.trim()])).toEqual([
      ['inline', 'x^2'],
      ['inline', 'y'],
      ['display', '\\frac{a}{b}'],
      ['display', 'z'],
    ]);
  });

  it('are not found in money, escapes, or across paragraphs', () => {
    for (const text of [
      'It costs $5 and $6 more',
      'from \\$5 to \\$6',
      'one $ sign',
      '$a\n\nb$',
      '$ a $',
      '$$',
      '\\\\(not one)',
      '$$$$',
    ]) {
      expect(formulas(text), text).toEqual([]);
    }
    expect(formulas('$\\$5$ each')[0]?.tex).toBe('\\$5');
  });

  it('are left as text where they define macros, are longer than anybody reads, or are too many', () => {
    for (const bomb of [
      '\\def\\x{\\x\\x}\\x',
      '\\newcommand{\\a}{\\a\\a}\\a',
      '\\let\\a\\b',
      '\\gdef\\y{1}',
    ]) {
      expect(formulas(`$${bomb}$`), bomb).toEqual([]);
    }
    expect(formulas('$\\left(\\delta\\right)$')).toHaveLength(1);
    expect(formulas(`$${'x'.repeat(LONGEST_FORMULA)}$`)).toEqual([]);
    expect(formulas(`$\\begin{matrix}${'&'.repeat(1900)}\\end{matrix}$`)).toEqual([]);
    expect(formulas('$x$ '.repeat(10_000))).toHaveLength(MOST_FORMULAS);
  });

  it('are parts of the text, and the parts joined are the text, whatever it is', () => {
    const piece = fc.constantFrom(
      '$',
      '$$',
      '\\',
      '\\(',
      '\\)',
      '\\[',
      '\\]',
      'x',
      ' ',
      '\n',
      '\n\n',
      '5',
      '{',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const parts = splitMath(text);
        expect(parts.map(({ source }) => source).join('')).toBe(text);
        for (const { source, tex } of parts) expect(source).toContain(tex);
      }),
    );
  });

  it('takes time in proportion to the text where nothing closes', () => {
    const time = (length: number) => {
      const text = '$x '.repeat(length / 3);
      const began = performance.now();
      splitMath(text);
      return performance.now() - began;
    };
    time(3000);
    expect(time(600_000)).toBeLessThan(3000);
  });
});
