import type { Span } from '../schema/common.ts';
import { trimSpan } from './thinking.ts';

/** One step of a solution. */
export interface Step {
  /** The number that the solution gives it, or its place (from 1) where it gives none. */
  readonly number: number;
  readonly span: Span;
}

/** A label at the start of a line: "Step 3:", "**Step 3**", "### Step 3.". */
const LABEL = /(?<=^|\n)[ \t]*(?:[#>*_-]+[ \t]*)*step[ \t]*(?<number>\d{1,3})\b/giu;

/**
 * Splits a solution into its steps: numbered steps where it has them, else paragraphs. Text before the first label is
 * not a step.
 */
export function splitSteps(text: string, region: Span = [0, text.length]): Step[] {
  const part = text.slice(...region);
  const labels = [...part.matchAll(LABEL)];
  if (labels.length > 0) {
    return labels.map((label, i) => {
      const stop = stepEnd(part, label.index, labels[i + 1]?.index ?? part.length);
      return {
        number: Number(label.groups?.number),
        span: trimSpan(text, [region[0] + label.index, region[0] + stop]),
      };
    });
  }
  const paragraphs = [...part.matchAll(/\S[\s\S]*?(?=\n[ \t]*\n|$(?![\s\S]))/g)];
  return paragraphs.map((paragraph, i) => ({
    number: i + 1,
    span: trimSpan(text, [region[0] + paragraph.index, region[0] + paragraph.index + paragraph[0].length]),
  }));
}

/** A numbered step ends where the answer is announced on a line of its own. */
function stepEnd(text: string, start: number, end: number): number {
  const closing =
    /\n[ \t]*(?:(?:therefore|thus|so|hence),? )?the (?:final )?answer is\b|\n[ \t]*\\boxed\{/i.exec(
      text.slice(start, end),
    );
  return closing === null ? end : start + closing.index;
}
