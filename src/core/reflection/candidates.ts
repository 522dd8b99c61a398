import { findBoxes } from '../answers/extract/boxes.ts';
import type { Span } from '../schema/common.ts';

/** An answer that a trace names on its way: a box, or a number or option after "the answer is". */
export interface Candidate {
  readonly answer: string;
  readonly span: Span;
}

/** `rule_score.py` holds the same expression. */
const STATED_ANSWER =
  /\b[Aa](?:nswers?|NSWERS?)(?:\s+(?:is|are|was|must be|should be|would be|will be|becomes?|remains?|comes out (?:to be|as|to))|\s*[=:])\s*(?:(?:therefore|thus|indeed|still|also|actually|then|now|simply|equal to|option|choice)\s+|\*\*|\$|\\\(|\\\[|:\s*)*(?<value>[-−]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])|[0-9]+)(?:\.[0-9]+)?(?:\s*\/\s*[0-9]+)?|[-−]?\\[dt]?frac\{[^{}]{1,40}\}\{[^{}]{1,40}\}|\(?[A-J]\)|[A-J](?=[.,;:*]|\s*(?:\n|$)))/gu;

/** The candidate answers of a trace in order (spec A4.2 step 2). */
export function candidateAnswers(text: string): Candidate[] {
  const boxes = findBoxes(text)
    .filter((box) => box.closed && box.content.trim() !== '')
    .map((box): Candidate => ({ answer: box.content.trim(), span: [...box.span] }));
  const stated = [...text.matchAll(STATED_ANSWER)].map((match): Candidate => {
    const value = match.groups?.value ?? '';
    const end = match.index + match[0].length;
    return { answer: value.replace(/^\(?([A-J])\)$/, '$1'), span: [end - value.length, end] };
  });
  return [...boxes, ...stated].sort((a, b) => a.span[0] - b.span[0]);
}

/** Whether two answers are the same as written: but for dollar signs, white space, separators and leading zeros. */
export function isSameAnswer(a: string, b: string): boolean {
  return plainAnswer(a) === plainAnswer(b);
}

function plainAnswer(answer: string): string {
  return answer
    .replace(/[\s$]|\\[,;!]|\{,\}|,(?=[0-9]{3}(?![0-9]))/g, '')
    .replace('−', '-')
    .replace(/\.$/, '')
    .replace(/^(-?)0+(?=[0-9])/, '$1');
}
