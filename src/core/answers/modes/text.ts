import type { Verdict } from './verdict.ts';

/** Text mode: the same characters, but for white space at the ends and between words, and Unicode form. */
export function compareText(gold: string, answer: string): Verdict {
  const [a, b] = [plain(gold), plain(answer)];
  return { outcome: a === b ? 'equal' : 'different', layer: 'text', reason: null, gold: a, answer: b };
}

function plain(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}
