/** From what a verifier wrote to a verification of an S2R trajectory (spec B3): one verdict sentence, at the end. */
import { RECHECK, RETRY, splitThinking, wholeSolution } from '../reflection/index.ts';

export type Verification =
  | { readonly text: string; readonly verdict: 'correct' | 'incorrect' }
  /** Why it cannot be used. */
  | { readonly fault: string };

/** The verdict sentences of the text protocol (spec B2). */
export const VERDICT_SENTENCE = {
  correct: 'Therefore, the answer is correct.',
  incorrect: 'Therefore, the answer is incorrect.',
} as const;

/** From the first letter to a full stop before white space, or to the end of the line. */
const SENTENCE = /\S(?:.*?[.!?](?=\s|$)|.*$)/gm;
const VERDICT = /Therefore, the answer (?:is (correct|incorrect)|cannot be verified)\./g;

/**
 * Reads the verdict in the order of the released code: the sentence of the protocol; else the last sentence, else the
 * one before it, a denial before a confirmation. What comes after the verdict is cut (a new attempt, a repeated
 * answer), and the protocol's sentence is added where another one said it. Phrases that only an outsider would use are
 * taken out.
 */
export function readVerification(written: string): Verification {
  const body = withoutRetry(verifierText(written));
  if (body === '') return { fault: 'it is empty' };
  if (body.includes(RECHECK)) return { fault: 'it holds a marker of the protocol' };
  const stated = [...body.matchAll(VERDICT)];
  const last = stated.at(-1);
  if (last !== undefined) return fromProtocol(body, stated, last);
  for (const sentence of [...body.matchAll(SENTENCE)].slice(-2).toReversed()) {
    const verdict = verdictOf(sentence[0]);
    if (verdict === 'unverifiable') return { fault: 'it says that the answer cannot be verified' };
    if (verdict === null) continue;
    const text = body.slice(0, sentence.index + sentence[0].length).replace(PLAUSIBLE, 'correct');
    return { text: `${asOwn(text)}\n\n${VERDICT_SENTENCE[verdict]}`, verdict };
  }
  return { fault: 'it states no verdict' };
}

/** What follows the thinking, unless the verdict stands in the thinking only. */
function verifierText(written: string): string {
  const { summary } = splitThinking(written);
  const after = summary === null ? '' : written.slice(...summary).trim();
  return after.search(VERDICT) >= 0 ? after : wholeSolution(written);
}

/** A verifier that goes on with an attempt of its own has said its verdict by then. */
function withoutRetry(text: string): string {
  const retry = text.indexOf(RETRY);
  return (retry < 0 ? text : text.slice(0, retry)).trim();
}

function fromProtocol(body: string, stated: readonly RegExpExecArray[], last: RegExpExecArray): Verification {
  const [, verdict] = last;
  if (verdict !== 'correct' && verdict !== 'incorrect') {
    return { fault: 'it says that the answer cannot be verified' };
  }
  if (stated.some(([, other]) => other !== verdict)) return { fault: 'it states two verdicts' };
  const text = body.slice(0, last.index).replaceAll(VERDICT, '').trimEnd();
  const separator = body.slice(text.length, last.index).includes('\n') ? '\n' : ' ';
  return { text: `${asOwn(text)}${separator}${VERDICT_SENTENCE[verdict]}`.trim(), verdict };
}

const DENIED =
  /\b(?:incorrect|wrong|false|invalid)\b|\b(?:is|was)(?: not|n['’]t) (?:the )?(?:correct|right|valid)\b/i;
const UNVERIFIABLE = /\b(?:cannot|can not|can['’]t|could not) (?:be )?(?:\w+ )?verif/i;
const AFFIRMED = /\b(?:correct|right|valid|verified|checks out)\b/i;
const PLAUSIBLE = /\bplausible\b/gi;

function verdictOf(sentence: string): 'correct' | 'incorrect' | 'unverifiable' | null {
  if (DENIED.test(sentence)) return 'incorrect';
  if (UNVERIFIABLE.test(sentence)) return 'unverifiable';
  return AFFIRMED.test(sentence) || sentence.search(PLAUSIBLE) >= 0 ? 'correct' : null;
}

function asOwn(text: string): string {
  return text
    .replace(/\b(?:original|candidate|proposed|given) answer\b/gi, 'answer')
    .replace(/,? without solving the (?:problem|question) step by step/gi, '');
}
