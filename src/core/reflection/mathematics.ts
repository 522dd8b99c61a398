/**
 * Whether a stretch of text computes something: a relation with a number or letter beside it, two numbers joined by an
 * operator, a LaTeX command with an argument, or a stated answer. "Step 3" and "two cases" are not mathematics.
 */
const MATHEMATICS =
  /[\p{L}\p{N})\]}]\s*(?:[=<>≤≥≠≈]|\\(?:leq?|geq?|neq?|approx|equiv)\b)|\d\s*(?:[+*/^×·÷−-]|\\(?:times|cdot|div)\b)\s*[\d(\\]|\\(?:d?frac|sqrt|binom|boxed)\s*\{|\banswer\s+(?:is|=)\s*\$?-?\d/iu;

export function hasMathematics(text: string): boolean {
  return MATHEMATICS.test(text);
}

/** Equations and calculations in a text, white space removed: to tell whether a check computed anything new. */
export function expressionsOf(text: string): Set<string> {
  const found =
    text.match(/[\p{L}\p{N}\\{}()[\].,^_+*/×·÷−\s-]*[=<>≤≥≠≈][\p{L}\p{N}\\{}()[\].,^_+*/×·÷−=\s-]*/gu) ?? [];
  return new Set(found.map(tidyExpression).filter((expression) => /\d|\p{L}/u.test(expression)));
}

/** The part of a matched run of words and signs that is an expression: words around it and closing punctuation removed. */
function tidyExpression(run: string): string {
  return run
    .replace(/(?<![\\\p{L}])\p{L}{2,}(?![\p{L}(])/gu, ' ')
    .replace(/\s+/g, '')
    .replace(/^[.,)\]}]+|[.,([{]+$/g, '');
}
