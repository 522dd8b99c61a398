import { findBoxes } from '../extract/boxes.ts';
import type { ExtractedAnswer } from '../types.ts';
import type { Verdict } from './verdict.ts';

const MEANINGS: Readonly<Record<string, 'True' | 'False' | 'Uncertain'>> = {
  true: 'True',
  yes: 'True',
  correct: 'True',
  false: 'False',
  no: 'False',
  incorrect: 'False',
  uncertain: 'Uncertain',
  unknown: 'Uncertain',
  undetermined: 'Uncertain',
};
const WORD = /\b(?:true|yes|correct|false|no|incorrect|uncertain|unknown|undetermined)\b/gi;

/** Boolean mode: True, False or Uncertain; yes and no mean True and False. */
export function compareBoolean(gold: string, answer: string): Verdict {
  const [a, b] = [meaning(gold), meaning(answer)];
  const forms = { gold: a ?? gold, answer: b ?? answer };
  if (a === null) return { outcome: 'unknown', layer: 'boolean', reason: 'gold-not-boolean', ...forms };
  if (b === null) return { outcome: 'different', layer: 'boolean', reason: 'not-boolean', ...forms };
  return { outcome: a === b ? 'equal' : 'different', layer: 'boolean', reason: null, ...forms };
}

/** The one meaning that the words have; null for none, and for a contradiction. */
function meaning(text: string): string | null {
  const words = text.replace(/\\[a-zA-Z]+/g, ' ').match(WORD) ?? [];
  const meanings = new Set(words.map((word) => MEANINGS[word.toLowerCase()]));
  const [only] = meanings;
  return meanings.size === 1 && only !== undefined ? only : null;
}

/** Finds the truth value behind the last "answer is", "conclusion is" or the like, else the last one of the text. */
export function extractBoolean(text: string): ExtractedAnswer | null {
  const box = findBoxes(text).at(-1);
  if (box !== undefined && meaning(box.content) !== null) {
    const doubt = box.closed ? [] : (['unclosed-box'] as const);
    return { answer: box.content.trim(), span: box.span, method: 'boxed', doubt };
  }
  if (text.length < 40 && meaning(text) !== null) {
    return { answer: text.trim(), span: [0, text.length], method: 'whole-text', doubt: [] };
  }
  const tail = Math.max(0, text.length - 20_000);
  const words = [...text.slice(tail).matchAll(WORD)];
  const cue = [
    ...text.slice(tail).matchAll(/\b(?:answer|conclusion|verdict|statement)\b[^\n.]{0,40}?(?:\bis\b|:)/gi),
  ].at(-1);
  const cued =
    cue === undefined
      ? undefined
      : words.find(
          ({ index }) => index >= cue.index + cue[0].length && index <= cue.index + cue[0].length + 40,
        );
  const word = cued ?? words.at(-1);
  if (word === undefined) return null;
  return {
    answer: word[0],
    span: [tail + word.index, tail + word.index + word[0].length],
    method: 'option',
    doubt: cued === undefined ? ['lenient-extraction'] : [],
  };
}
