/** Comparison of two scalar expressions: exact fractions first, then numbers, then sample points. */

import { type Budget, withShare } from '../evaluate/budget.ts';
import { type Complex, isFiniteValue, modulus, real } from '../evaluate/complex.ts';
import { evaluateExactly } from '../evaluate/exact.ts';
import { evaluateNumerically, fingerprint, NoValue, type NumericEnvironment } from '../evaluate/numeric.ts';
import { evaluatePrecisely } from '../evaluate/precise.ts';
import { isEqual, type Rational } from '../evaluate/rational.ts';
import { canonicalText, type Expression, hasDecimal, substitute, variablesOf } from '../parse/expression.ts';
import { isApproximatelyEqual, sampleTolerance, valued } from './approximate.ts';
import { type Comparison, decide, giveUp, type Outcome } from './outcome.ts';

export function compareScalars(gold: Expression, answer: Expression, comparison: Comparison): Outcome {
  const renamed = comparison.policy.variableNames === 'rename' ? renameVariables(gold, answer) : answer;
  const bases = { ten: [10], natural: [Math.E], either: [10, Math.E] }[comparison.policy.logarithm];
  if (canonicalText(gold) === canonicalText(renamed)) return decide(comparison, 'symbolic', true);
  let result: Outcome = 'different';
  for (const logBase of bases) {
    result = compareAtBase(gold, renamed, logBase, comparison);
    if (result === 'equal') break;
  }
  return result;
}

/** Gives the answer the gold's names in alphabetical order, where there are as many. */
function renameVariables(gold: Expression, answer: Expression): Expression {
  const plain = (expression: Expression) =>
    [...variablesOf(expression)].filter((name) => !name.endsWith('()')).toSorted();
  const [wanted, found] = [plain(gold), plain(answer)];
  if (wanted.length !== found.length) return answer;
  return substitute(answer, new Map(found.map((name, index) => [name, wanted[index] ?? name])));
}

function compareAtBase(
  gold: Expression,
  answer: Expression,
  logBase: number,
  comparison: Comparison,
): Outcome {
  const outcome = compareValues(gold, answer, logBase, comparison);
  if (outcome === 'equal') return outcome;
  // Degrees count as plain numbers only when one side alone is in degrees: 45° is 45, and 180° is π as well.
  const [bareGold, bareAnswer] = [withoutDegrees(gold), withoutDegrees(answer)];
  if ((bareGold === gold) === (bareAnswer === answer) || comparison.policy.units === 'strict') return outcome;
  return compareValues(bareGold, bareAnswer, logBase, comparison);
}

/** Without the degree marks outside of functions: the degrees in sin 30° stay. The same object when there are none. */
function withoutDegrees(expression: Expression): Expression {
  switch (expression.kind) {
    case 'degrees':
      return expression.args[0];
    case 'negate': {
      const inner = withoutDegrees(expression.args[0]);
      return inner === expression.args[0] ? expression : { kind: 'negate', args: [inner] };
    }
    case 'divide': {
      const [above, below] = expression.args;
      const inner = withoutDegrees(above);
      return inner === above ? expression : { ...expression, args: [inner, below] };
    }
    case 'add':
    case 'multiply': {
      const args = expression.args.map(withoutDegrees);
      return args.some((arg, index) => arg !== expression.args[index]) ? { ...expression, args } : expression;
    }
    default:
      return expression;
  }
}

function compareValues(
  gold: Expression,
  answer: Expression,
  logBase: number,
  comparison: Comparison,
): Outcome {
  const variables = variablesOf(gold);
  const others = variablesOf(answer);
  if (variables.size === 0 && others.size === 0) return compareConstants(gold, answer, logBase, comparison);
  if (!hasDecimal(gold) && !hasDecimal(answer)) {
    const exact = compareAtRationalPoints(gold, answer, comparison.budget);
    if (exact !== null) return decide(comparison, 'symbolic', exact);
  }
  return compareAtSamplePoints(gold, answer, { variables, others }, logBase, comparison);
}

function compareConstants(
  gold: Expression,
  answer: Expression,
  logBase: number,
  comparison: Comparison,
): Outcome {
  const { budget, policy } = comparison;
  const x = withShare(budget, SHARE, (own) => evaluateExactly(gold, own));
  const y = withShare(budget, SHARE, (own) => evaluateExactly(answer, own));
  const approximate = hasDecimal(gold) || hasDecimal(answer) || policy.absoluteTolerance.length > 0;
  if (x !== null && y !== null) {
    if (isEqual(x, y)) return decide(comparison, 'rational', true);
    if (!approximate) return decide(comparison, 'rational', false);
  }
  const environment: NumericEnvironment = { variable: () => real(Number.NaN), logBase };
  const a = numericValue(gold, environment, budget);
  const b = numericValue(answer, environment, budget);
  if (a === null || b === null) return giveUp(comparison, 'unsupported');
  if (!isFiniteValue(a) || !isFiniteValue(b)) return compareInfinities(gold, answer, a, b, comparison);
  if (approximate) {
    if (Math.abs(a.im) > 0 || Math.abs(b.im) > 0) return decide(comparison, 'numeric', isClose(a, b, 1e-9));
    const near = isApproximatelyEqual(valued(gold, x, a.re), valued(answer, y, b.re), policy);
    return decide(comparison, 'decimal', near);
  }
  const tiny = Math.max(modulus(a), modulus(b)) < 1e-9;
  if (!tiny && !isClose(a, b, 1e-6)) return decide(comparison, 'numeric', false);
  const precise = comparePrecisely(gold, answer, logBase, budget);
  const close = isClose(a, b, 1e-9) || Math.hypot(a.re - b.re, a.im - b.im) < 1e-15;
  return decide(comparison, 'numeric', precise ?? close);
}

/** Part of the budget that exact arithmetic may use before floating point takes over. */
const SHARE = { cost: 15_000 };
const POINT_SHARE = { cost: 15_000, maxBits: 2048 };

function numericValue(
  expression: Expression,
  environment: NumericEnvironment,
  budget: Budget,
): Complex | null {
  try {
    return evaluateNumerically(expression, environment, budget);
  } catch (error) {
    if (error instanceof NoValue) return null;
    throw error;
  }
}

/** Doubles cannot tell √(10²⁰+1) from 10¹⁰; 80 digits can. Null when there is no real value to compare. */
function comparePrecisely(
  gold: Expression,
  answer: Expression,
  logBase: number,
  budget: Budget,
): boolean | null {
  return withShare(budget, SHARE, (own) => {
    const environment = { variable: () => null, logBase };
    const x = evaluatePrecisely(gold, environment, own);
    const y = x === null ? null : evaluatePrecisely(answer, environment, own);
    if (x === null || y === null) return null;
    const size = x.abs().gt(y.abs()) ? x.abs() : y.abs();
    const difference = x.minus(y).abs();
    return difference.lte(size.times(1e-60)) || (size.lt(1e-60) && difference.lt(1e-65));
  });
}

/** ∞ itself against ∞, or against a finite number; a value that merely overflowed cannot be compared. */
function compareInfinities(
  gold: Expression,
  answer: Expression,
  a: Complex,
  b: Complex,
  comparison: Comparison,
): Outcome {
  const infinite = [isInfinity(gold), isInfinity(answer)];
  if (infinite[0] && infinite[1]) return decide(comparison, 'infinity', a.re === b.re);
  const finite = infinite[0] ? b : a;
  if ((infinite[0] || infinite[1]) && isFiniteValue(finite)) return decide(comparison, 'infinity', false);
  return giveUp(comparison, 'too-large');
}

function isInfinity(expression: Expression): boolean {
  if (expression.kind === 'negate') return isInfinity(expression.args[0]);
  return expression.kind === 'constant' && expression.name === 'infinity';
}

/**
 * Rational functions that agree at random rational points of this size are equal but for a chance of about
 * degree/1000 a point (Schwartz-Zippel); null when a value is not rational.
 */
function compareAtRationalPoints(gold: Expression, answer: Expression, budget: Budget): boolean | null {
  return withShare(budget, POINT_SHARE, (own) => {
    let agreed = 0;
    for (const point of RATIONAL_POINTS) {
      const environment = rationalPoint(point);
      const x = evaluateExactly(gold, own, environment);
      const y = x === null ? null : evaluateExactly(answer, own, environment);
      if (x === null || y === null) continue;
      if (!isEqual(x, y)) return false;
      agreed++;
    }
    return agreed >= 3 ? true : null;
  });
}

/** Points in (0, 1), among some hundreds, among some ten, and negative: |x - 9| is 9 - x for small x alone. */
const RATIONAL_POINTS = [
  { whole: 0, sign: 1n, prime: 100_003 },
  { whole: 300, sign: 1n, prime: 1009 },
  { whole: 20, sign: 1n, prime: 10_007 },
  { whole: 40, sign: -1n, prime: 5003 },
];

/** In lowest terms by construction: the denominator is a prime that does not divide the numerator. */
function rationalPoint({ whole, sign, prime }: (typeof RATIONAL_POINTS)[number]): (name: string) => Rational {
  return (name) => {
    const units = Math.floor(fingerprint(`${name}@${prime}`) * whole);
    const part = 1 + Math.floor(fingerprint(`${name}%${prime}`) * (prime - 1));
    return { n: sign * BigInt(units * prime + part), d: BigInt(prime) };
  };
}

/** The ranges that variables are drawn from. Positive values come first: there roots and logarithms are real. */
const RANGES: readonly (readonly [number, number])[] = [
  [0.35, 2.45],
  [0.35, 2.45],
  [3, 13],
  [0.35, 2.45],
  [20, 70],
  [0.02, 0.3],
  [-0.35, -2.45],
  [-3, -13],
  [-0.35, -2.45],
  [-20, -70],
];
const POSITIVE_POINTS = 6;

function compareAtSamplePoints(
  gold: Expression,
  answer: Expression,
  names: { readonly variables: ReadonlySet<string>; readonly others: ReadonlySet<string> },
  logBase: number,
  comparison: Comparison,
): Outcome {
  const tolerance = sampleTolerance(gold, answer, comparison.policy);
  let agreed = 0;
  for (let point = 0; point < RANGES.length; point++) {
    const environment: NumericEnvironment = { variable: samplePoint(point), logBase };
    const a = numericValue(gold, environment, comparison.budget);
    const b = numericValue(answer, environment, comparison.budget);
    if (a === null || b === null || !isFiniteValue(a) || !isFiniteValue(b)) continue;
    if (point < POSITIVE_POINTS) {
      if (!isClose(a, b, tolerance)) return decide(comparison, 'symbolic', false);
      agreed++;
    } else if (isReal(a) && isReal(b) && !isClose(a, b, 10 * tolerance)) {
      return decide(comparison, 'symbolic', false);
    }
  }
  if (agreed >= 3) return decide(comparison, 'symbolic', true);
  const sameNames = [...names.variables].every((name) => names.others.has(name));
  return sameNames ? giveUp(comparison, 'no-sample-point') : decide(comparison, 'symbolic', false);
}

/** Names that usually stand for integers, so that (-1)^n and n! are met where they are meant. */
const INTEGER_NAMES = /^[nmkNMK]$/;

export function samplePoint(point: number): (name: string) => Complex {
  return (name) => {
    const hash = fingerprint(`${name}#${point}`);
    if (INTEGER_NAMES.test(name) && point % 2 === 0) return real(2 + Math.floor(hash * 5));
    const [low, high] = RANGES[point % RANGES.length] ?? [0.35, 2.45];
    return real(low + (high - low) * hash);
  };
}

function isReal(value: Complex): boolean {
  return Math.abs(value.im) <= 1e-12;
}

function isClose(a: Complex, b: Complex, tolerance: number): boolean {
  const size = Math.max(modulus(a), modulus(b));
  const difference = Math.hypot(a.re - b.re, a.im - b.im);
  // Near zero, rounding of the terms that cancelled sets the scale.
  return difference <= tolerance * size + 1e-13 * Math.min(1, size * 1e3);
}
