import type { Span } from '../schema/common.ts';
import { trimSpan } from './thinking.ts';

/** One step of a solution. */
export interface Step {
  /** The number that the solution gives it, or its place (from 1) where it gives none. */
  readonly number: number;
  readonly span: Span;
}

/** A label at the start of a line: "Step 3:", "**Step 3**", "### Step 3." */
const STEP_LABEL = /(?<=^|\n)[ \t#>*_-]*step[ \t]*#?(?<number>\d{1,3})\b/giu;
/** An item of a numbered list at the start of a line: "3.", "3)", "(3)", "**3.**"; "3.5" is not one. */
const LIST_LABEL = /(?<=^|\n)[ \t#>*_]*\(?(?<number>\d{1,3})[.)](?!\d)/gu;

/**
 * Splits a solution into its steps: steps numbered by the text where it has them, else paragraphs, else lines. Displayed
 * formulas and lines that go on with an equation stay with the text that introduces them. What stands before the first
 * label belongs to no step.
 */
export function splitSteps(text: string, region: Span = [0, text.length]): Step[] {
  const part = text.slice(...region);
  const labels = numberedLabels(part);
  const cuts = labels.length > 0 ? labels : paragraphCuts(part);
  const steps = cuts.map(({ at, number }, i): Step => {
    const next = cuts[i + 1]?.at ?? part.length;
    const end = labels.length > 0 ? stepEnd(part, at, next) : next;
    return { number, span: trimSpan(text, [region[0] + at, region[0] + end]) };
  });
  return steps.filter(({ span }) => span[1] > span[0]);
}

interface Cut {
  readonly at: number;
  readonly number: number;
}

/** "Step n" labels, or else a numbered list that counts up from 1. */
function numberedLabels(text: string): Cut[] {
  const steps = cutsOf(text, STEP_LABEL);
  if (steps.length > 0) return steps;
  const items = cutsOf(text, LIST_LABEL);
  const counted: Cut[] = [];
  for (const item of items) if (item.number === counted.length + 1) counted.push(item);
  return counted.length >= 2 ? counted : [];
}

function cutsOf(text: string, label: RegExp): Cut[] {
  return [...text.matchAll(label)].map((match) => ({
    at: match.index,
    number: Number(match.groups?.number),
  }));
}

/** Where paragraphs start, or lines where there is no blank line. */
function paragraphCuts(text: string): Cut[] {
  const isParted = /\S[ \t]*\n[ \t]*\n\s*\S/.test(text);
  const starts: number[] = [];
  let isOpenDisplay = false;
  for (const block of text.matchAll(isParted ? /\S[\s\S]*?(?=\n[ \t]*\n|$(?![\s\S]))/g : /\S[^\n]*/g)) {
    const goesOn = starts.length > 0 && (isOpenDisplay || CONTINUATION.test(block[0]));
    if (!goesOn) starts.push(block.index);
    isOpenDisplay = leavesDisplayOpen(block[0], isOpenDisplay);
  }
  return starts.map((at, i) => ({ at, number: i + 1 }));
}

/** A block that goes on with the sentence before it: a displayed formula, or a line that opens with a relation. */
const CONTINUATION = /^(?:\\\[|\$\$|\\begin\{|\\end\{|&|=|\\approx|≈|≤|≥|<|>|\+ |− )/;

function leavesDisplayOpen(block: string, wasOpen: boolean): boolean {
  const opened = (block.match(/\\\[|\\begin\{/g) ?? []).length - (block.match(/\\\]|\\end\{/g) ?? []).length;
  const dollars = (block.match(/\$\$/g) ?? []).length % 2 === 1;
  if (wasOpen) return opened >= 0 && !dollars;
  return opened > 0 || dollars;
}

/** A numbered step ends where the answer is announced or a recheck begins on a line of its own. */
const CLOSING =
  /\n[ \t]*(?:(?:(?:therefore|thus|so|hence),? )?the (?:final )?answer is\b|\\boxed\{|Wait, let me recheck my solution\.)/i;

function stepEnd(text: string, start: number, end: number): number {
  const closing = CLOSING.exec(text.slice(start, end));
  return closing === null ? end : start + closing.index;
}
