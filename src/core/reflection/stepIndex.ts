import type { Span } from '../schema/common.ts';
import { squeeze } from './squeeze.ts';
import type { Step } from './steps.ts';

/** The steps of a solution with what each of them holds, read once for all the remarks of a critique. */
export interface StepIndex {
  readonly steps: readonly Step[];
  readonly solution: string;
  /** The text of each step in one spelling of mathematics. */
  readonly squeezed: readonly string[];
  /** Places in `steps` of those that hold a number, in order. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  /** The same for a word's stem. */
  readonly words: ReadonlyMap<string, readonly number[]>;
}

export function indexSteps(steps: readonly Step[], solution: string): StepIndex {
  const texts = steps.map((step) => solution.slice(...step.span));
  return {
    steps,
    solution,
    squeezed: texts.map(squeeze),
    numbers: holdersOf(texts.map(numbersOf)),
    words: holdersOf(texts.map(wordsOf)),
  };
}

function holdersOf(held: readonly (readonly string[])[]): Map<string, number[]> {
  const holders = new Map<string, number[]>();
  for (const [at, things] of held.entries()) {
    for (const thing of new Set(things)) {
      const known = holders.get(thing);
      if (known === undefined) holders.set(thing, [at]);
      else known.push(at);
    }
  }
  return holders;
}

/** The text of the solution in a span. */
export function textIn({ solution }: StepIndex, span: Span): string {
  return solution.slice(...span);
}

export function numbersOf(text: string): string[] {
  return text.replace(/(?<=\d),(?=\d{3}\b)/g, '').match(/\d+(?:\.\d+)?/g) ?? [];
}

const STOP_WORDS = new Set(
  'the and for that this with are was were has have had not but its from then than which should would there where when what thus also only being been model step incorrectly incorrect correct wrong error mistake solution answer made make calculation result'.split(
    ' ',
  ),
);

/** Stems of the words that say something. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/\p{L}{3,}/gu) ?? [])
    .filter((word) => !STOP_WORDS.has(word))
    .map((word) => word.replace(/(?:ing|ed|es|s|ly)$/, ''))
    .filter((word) => word.length >= 3);
}
