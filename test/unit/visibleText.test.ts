import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visibleLine, visibleText } from '../../src/core/visibleText.ts';

it('what a terminal, a bidi algorithm or a reader would fall for is shown by its name', () => {
  expect(visibleText('\u001b[31mred')).toBe('⟦U+001B⟧[31mred');
  expect(visibleText('\u202Egnitset\u202C')).toBe('⟦U+202E⟧gnitset⟦U+202C⟧');
  expect(visibleText('a\u200Bb\u0000\u2028c')).toBe('a⟦U+200B⟧b⟦U+0000⟧\nc');
  expect(visibleText('x\u{E0041}y')).toBe('x⟦U+E0041⟧y');
});

it('everything else stays as it is', () => {
  expect(visibleText('ρ → ½\n\t<b>שלום</b> $\\frac{1}{2}$')).toBe('ρ → ½\n\t<b>שלום</b> $\\frac{1}{2}$');
});

it('nothing is left that turns or hides text, and doing it twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = visibleText(text);
      for (const hidden of '\u202A\u202B\u202D\u202E\u2066\u2069\u001B') expect(shown).not.toContain(hidden);
      expect(visibleText(shown)).toBe(shown);
    }),
  );
});

it('a line of a list is one line, visible, and no longer than asked for', () => {
  expect(visibleLine('a\n\tb \u202Ec', 20)).toBe('a b ⟦U+202E⟧c');
  expect(visibleLine('9'.repeat(10_000_000), 5)).toBe('99999…');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, most) => {
      const line = visibleLine(text, most);
      expect(line.length).toBeLessThanOrEqual(most + 1);
      expect(line).not.toMatch(/[\n\r]/);
    }),
  );
});
