/** When a decimal counts as an exact value, or as another decimal. */

import { type Rational, toNumber } from '../evaluate/rational.ts';
import type { Expression } from '../parse/expression.ts';
import { hasDecimal } from '../parse/expression.ts';
import type { GradingPolicy } from '../policies.ts';

/** A side of the comparison: the expression with its value. */
export interface Valued {
  readonly expression: Expression;
  readonly value: number;
}

/** A double printed in full has 15 to 17 digits; where only the answer is a decimal it must be such a one. */
const PRINTED_DOUBLE = 1e-12;

/**
 * Whether two unequal real values may count as equal because a decimal stands for one of them.
 * Two literals: the longer one, rounded to the places of the shorter, must give the shorter.
 * A literal and an exact value: they must agree to the policy's significant digits, and to all that the literal gives.
 */
export function isApproximatelyEqual(gold: Valued, answer: Valued, policy: GradingPolicy): boolean {
  const difference = Math.abs(gold.value - answer.value);
  if (policy.absoluteTolerance.some((tolerance) => difference <= tolerance * (1 + 1e-9))) return true;
  const a = literal(gold.expression);
  const b = literal(answer.expression);
  if (a !== null && b !== null) return literalsAgree(a, b, policy.decimalDigits);
  // An integer is exact: 987300 is not 987300.4, although six digits agree.
  if ([gold, answer].some(({ expression }) => isInteger(expression))) return false;
  if (hasDecimal(gold.expression) || policy.decimals === 'either') {
    const tolerance = Math.max(lastPlace(a ?? b), PRINTED_DOUBLE * Math.abs(gold.value));
    return agreeToDigits(gold.value, answer.value, policy.decimalDigits) && difference <= tolerance;
  }
  return difference <= PRINTED_DOUBLE * Math.abs(gold.value);
}

/** Half a unit of the last place that a literal gives: it may say more than the digits that a policy asks for. */
function lastPlace(decimal: Literal | null): number {
  return decimal === null ? Number.POSITIVE_INFINITY : 0.5000001 * 10 ** -decimal.places;
}

interface Literal {
  readonly value: Rational;
  readonly places: number;
}

/** A number written as a decimal, with its sign. */
function literal(expression: Expression): Literal | null {
  if (expression.kind === 'negate') {
    const inner = literal(expression.args[0]);
    return inner === null ? null : { ...inner, value: { n: -inner.value.n, d: inner.value.d } };
  }
  if (expression.kind !== 'number' || expression.places === null) return null;
  return { value: expression.value, places: expression.places };
}

function isInteger(expression: Expression): boolean {
  if (expression.kind === 'negate') return isInteger(expression.args[0]);
  return expression.kind === 'number' && expression.places === null && expression.value.d === 1n;
}

function literalsAgree(a: Literal, b: Literal, digits: number): boolean {
  if (a.places === b.places) return false;
  const [short, long] = a.places < b.places ? [a, b] : [b, a];
  const scale = 10n ** BigInt(short.places);
  const shortUnits = (short.value.n * scale) / short.value.d;
  if (String(shortUnits).replace('-', '').length < digits) return false;
  // |long - short| is less than half a unit of the last place of the shorter.
  const scaled = long.value.n * scale - shortUnits * long.value.d;
  return 2n * (scaled < 0n ? -scaled : scaled) < long.value.d;
}

/** Equal when rounded to so many significant digits, up to half a unit of the last one. */
function agreeToDigits(a: number, b: number, digits: number): boolean {
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (size === 0) return true;
  const unit = 10 ** (Math.floor(Math.log10(size)) - digits + 1);
  return Math.abs(a - b) <= 0.5000001 * unit;
}

/** The relative difference allowed at a sample point of expressions with decimals and variables. */
export function sampleTolerance(gold: Expression, answer: Expression, policy: GradingPolicy): number {
  if (hasDecimal(gold) || (policy.decimals === 'either' && hasDecimal(answer))) {
    return 0.5 * 10 ** (1 - policy.decimalDigits);
  }
  return hasDecimal(answer) ? PRINTED_DOUBLE : 1e-9;
}

export function valued(expression: Expression, exact: Rational | null, approximate: number): Valued {
  return { expression, value: exact === null ? approximate : toNumber(exact) };
}
