/**
 * Cases whose truth is known by construction: an answer, rewritten into forms that say the same, and into near misses.
 * Used by the unit tests, by the bench, and by `scripts/contract/gradingCases.ts`, which writes them for Python.
 */
import { expressionFamilies } from './expressions.ts';
import type { Family } from './family.ts';
import { numberFamilies } from './numbers.ts';
import { type Chance, chance } from './random.ts';
import { structureFamilies } from './structures.ts';

export interface GradingCase {
  readonly family: string;
  readonly gold: string;
  readonly pred: string;
  readonly same: boolean;
}

const FAMILIES: readonly (readonly [string, Family])[] = Object.entries({
  ...numberFamilies,
  ...expressionFamilies,
  ...structureFamilies,
});

/** So many cases, half of them near misses; the same ones for the same seed. */
export function gradingCases(count: number, seed: number): GradingCase[] {
  const source = chance(seed);
  const cases: GradingCase[] = [];
  while (cases.length < count) {
    const [family, make] = source.pick(FAMILIES);
    const specimen = make(source);
    const same = source.coin();
    const pred = source.pick(same ? specimen.same : specimen.near);
    cases.push({ family, gold: specimen.gold, pred: dress(pred, source), same });
  }
  return cases;
}

/** Ways in which models write the same formula. */
const DRESSES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `$${text}$`,
  (text) => `\\boxed{${text}}`,
  (text) => `\\displaystyle ${text}`,
  (text) => text.replaceAll('\\frac{', '\\dfrac{'),
  (text) => text.replaceAll('\\frac{', '\\tfrac{'),
  (text) => text.replaceAll(', ', ',\\ '),
  (text) => text.replaceAll(' ', ' \\; '),
  (text) => `\\( ${text} \\)`,
  (text) => ` ${text} .`,
];

function dress(text: string, source: Chance): string {
  // A money sign or word form is not to be wrapped as a formula.
  return source.pick(text.includes('%') && !text.includes('\\%') ? DRESSES.slice(0, 1) : DRESSES)(text);
}
