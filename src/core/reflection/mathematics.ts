/**
 * Whether a stretch of text computes something: a relation with a number or letter before it, two numbers joined by an
 * operator, a LaTeX command with an argument, or a stated answer. "Step 3" and "two cases" are not mathematics.
 * `rule_score.py` holds the same expression.
 */
const MATHEMATICS =
  /[\p{L}\p{N}_)\]}]\s*(?:[=<>≤≥≠≈]|\\(?:leq?|geq?|neq?|approx|equiv)\b)|[0-9]\s*(?:[+*/^×·÷−-]|\\(?:times|cdot|div)\b)\s*[0-9(\\]|\\(?:d?frac|sqrt|binom|boxed)\s*\{|\banswer\s+(?:is|=)\s*\$?-?[0-9]/iu;

export function hasMathematics(text: string): boolean {
  return MATHEMATICS.test(text);
}
