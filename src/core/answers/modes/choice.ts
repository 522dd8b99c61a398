import { findBoxes } from '../extract/boxes.ts';
import type { ExtractedAnswer } from '../types.ts';
import type { Verdict } from './verdict.ts';

/** Choice mode: the letter of an option, A to J. */
export function compareChoice(gold: string, answer: string): Verdict {
  const [a, b] = [optionLetter(gold), optionLetter(answer)];
  const forms = { gold: a ?? gold, answer: b ?? answer };
  if (a === null) return { outcome: 'unknown', layer: 'choice', reason: 'gold-not-an-option', ...forms };
  if (b === null) return { outcome: 'different', layer: 'choice', reason: 'not-an-option', ...forms };
  return { outcome: a === b ? 'equal' : 'different', layer: 'choice', reason: null, ...forms };
}

/** `C`, `(c)`, `\text{(C) Cecile}`, `C. Cecile`, or the letter that a sentence names. */
function optionLetter(text: string): string | null {
  const bare = text
    .replace(/\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{/g, '')
    .replace(/[{}$*\\]/g, '')
    .trim();
  const alone = /^\(?\s*([A-Ja-j])\s*(?:[).:,]\s*(?:\S.*)?)?$/s.exec(bare);
  if (alone?.[1] !== undefined) return alone[1].toUpperCase();
  return namedOption(bare)?.letter ?? null;
}

/** Words after which the chosen option stands. */
const CUE =
  /(?:answer|choice|option|choose|pick|select|finali[sz]e|conclude|think|believe|r[ée]ponse|antwort|respuesta|答案|选择?|선택|答え)[^\n]{0,20}?(?:\bis\b|\bare\b|\best\b|\bist\b|\bes\b|\bit['’]?s\b|\bon\b|是|为|:|：)?[\s:：*"'“(\\$]*/gi;
const LETTER = /(?<![\p{Script=Latin}\d_'’])([A-J])(?![\p{Script=Latin}\d_'’])/gu;
const NEGATED =
  /\b(?:not|n['’]t|non|isn['’]t|never|nor|rather than|than|instead of|except)\s+(?:be\s+|option\s+)?\(?$/i;

/** Finds the chosen option in a generation: in a box, behind the last cue, or the last letter that is not negated. */
export function extractChoice(text: string): ExtractedAnswer | null {
  const box = findBoxes(text).at(-1);
  if (box !== undefined && optionLetter(box.content) !== null) {
    return {
      answer: box.content.trim(),
      span: box.span,
      method: 'boxed',
      doubt: box.closed ? [] : ['unclosed-box'],
    };
  }
  const whole = text.trim();
  if (whole.length < 40 && optionLetter(whole) !== null) {
    return { answer: whole, span: [0, text.length], method: 'whole-text', doubt: [] };
  }
  const tail = Math.max(0, text.length - TAIL);
  const named = namedOption(text.slice(tail));
  if (named === null) return null;
  return {
    answer: named.letter,
    span: [tail + named.at, tail + named.at + 1],
    method: 'option',
    doubt: named.cued ? [] : ['lenient-extraction'],
  };
}

/** The conclusion stands at the end; more text is not searched. */
const TAIL = 20_000;

function namedOption(text: string): { letter: string; at: number; cued: boolean } | null {
  const letters = [...text.matchAll(LETTER)].filter(
    ({ index, 1: letter }) =>
      !NEGATED.test(text.slice(Math.max(0, index - 20), index)) && !isArticle(text, index, letter),
  );
  const cues = [...text.matchAll(CUE)].map((cue) => cue.index + cue[0].length);
  for (const cue of cues.toReversed()) {
    const found = letters.find(({ index }) => index >= cue - 2 && index <= cue + 40);
    if (found?.[1] !== undefined) return { letter: found[1], at: found.index, cued: true };
  }
  const only = text.length < 40 ? letters[0] : letters.at(-1);
  return only?.[1] === undefined ? null : { letter: only[1], at: only.index, cued: false };
}

/** "A" before a lower-case word, and "I", are English. */
function isArticle(text: string, at: number, letter: string | undefined): boolean {
  const after = text.slice(at + 1, at + 4);
  return (letter === 'A' && /^ [a-z]/.test(after)) || (letter === 'I' && /^ [a-z]|^['’]/.test(after));
}
