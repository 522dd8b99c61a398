/** Exact evaluation to a rational number. */

import type { Expression } from '../parse/expression.ts';
import { type Budget, spend } from './budget.ts';
import type { Rational } from './rational.ts';
import * as rational from './rational.ts';

/** Values of variables; null for one that has none. */
export type RationalEnvironment = (variable: string) => Rational | null;

const NO_VARIABLES: RationalEnvironment = () => null;

/** The exact value, or null when the expression is not rational or its digits are too many. */
export function evaluateExactly(
  expression: Expression,
  budget: Budget,
  environment: RationalEnvironment = NO_VARIABLES,
): Rational | null {
  spend(budget, 1);
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'variable') return environment(expression.name);
  if (expression.kind === 'constant' || expression.kind === 'call' || expression.kind === 'degrees')
    return null;
  if (expression.kind === 'series') return evaluateSeries(expression, budget, environment);
  const values: Rational[] = [];
  for (const argument of expression.args) {
    const value = evaluateExactly(argument, budget, environment);
    if (value === null) return null;
    values.push(value);
  }
  return combine(expression, values, budget);
}

type Combined = Exclude<Expression, { kind: 'number' | 'variable' | 'constant' | 'call' | 'series' }>;

function combine(expression: Combined, values: readonly Rational[], budget: Budget): Rational | null {
  const [a, b] = values;
  if (a === undefined) return null;
  switch (expression.kind) {
    case 'add':
      return fold(values, (x, y) => rational.add(x, y, budget));
    case 'multiply':
      return fold(values, (x, y) => rational.multiply(x, y, budget));
    case 'divide':
      return b === undefined ? null : rational.divide(a, b, budget);
    case 'negate':
      return rational.negate(a);
    case 'power':
      return b === undefined ? null : power(a, b, budget);
    case 'degrees':
      return null;
    case 'factorial':
      return factorial(a, budget);
    case 'modulo':
      return b === undefined ? null : modulo(a, b, budget);
    case 'apply':
      return apply(expression.name, a, b, budget);
  }
}

function fold(
  values: readonly Rational[],
  step: (a: Rational, b: Rational) => Rational | null,
): Rational | null {
  let result: Rational | null = values[0] ?? null;
  for (const value of values.slice(1)) {
    if (result === null) return null;
    result = step(result, value);
  }
  return result;
}

/** A fractional exponent is exact when the root is: 8^{2/3} is 4. */
function power(a: Rational, b: Rational, budget: Budget): Rational | null {
  const base = b.d === 1n ? a : b.d <= 64n ? root(a, b.d) : null;
  return base === null ? null : rational.power(base, b.n, budget);
}

/** Factorials of larger numbers are left to floating point. */
const MAX_FACTORIAL = 1000n;

function factorial(a: Rational, budget: Budget): Rational | null {
  if (a.d !== 1n || a.n < 0n || a.n > MAX_FACTORIAL) return null;
  spend(budget, Number(a.n));
  let result = 1n;
  for (let k = 2n; k <= a.n; k++) result *= k;
  return rational.integer(result);
}

function modulo(a: Rational, b: Rational, budget: Budget): Rational | null {
  const quotient = rational.divide(a, b, budget);
  if (quotient === null) return null;
  const whole = rational.multiply(rational.integer(rational.floor(quotient)), b, budget);
  return whole === null ? null : rational.add(a, rational.negate(whole), budget);
}

function apply(name: string, a: Rational, b: Rational | undefined, budget: Budget): Rational | null {
  switch (name) {
    case 'abs':
      return a.n < 0n ? rational.negate(a) : a;
    case 'floor':
      return rational.integer(rational.floor(a));
    case 'ceil':
      return rational.integer(-rational.floor(rational.negate(a)));
    case 'binom':
      return b === undefined ? null : binomial(a, b, budget);
    case 'sqrt':
      return root(a, 2n);
    case 'root':
      return b?.d === 1n && b.n >= 2n && b.n <= 64n ? root(a, b.n) : null;
    default:
      return null;
  }
}

function binomial(n: Rational, k: Rational, budget: Budget): Rational | null {
  if (n.d !== 1n || k.d !== 1n || n.n < 0n || k.n < 0n || n.n > MAX_FACTORIAL) return null;
  if (k.n > n.n) return rational.ZERO;
  spend(budget, Number(k.n));
  let result = 1n;
  for (let i = 1n; i <= k.n; i++) result = (result * (n.n - k.n + i)) / i;
  return rational.integer(result);
}

/** The root when it is rational: \sqrt{9/4} is 3/2. */
function root(a: Rational, degree: bigint): Rational | null {
  if (a.n < 0n || rational.bitLength(a.n) + rational.bitLength(a.d) > 4000) return null;
  const n = integerRoot(a.n, degree);
  const d = integerRoot(a.d, degree);
  return n === null || d === null ? null : { n, d };
}

function integerRoot(value: bigint, degree: bigint): bigint | null {
  if (value < 2n) return value;
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / Number(degree)));
  for (;;) {
    const better = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (better >= guess) return guess ** degree === value ? guess : null;
    guess = better;
  }
}

function evaluateSeries(
  expression: Extract<Expression, { kind: 'series' }>,
  budget: Budget,
  environment: RationalEnvironment,
): Rational | null {
  const from = evaluateExactly(expression.args[0], budget, environment);
  const to = evaluateExactly(expression.args[1], budget, environment);
  if (from?.d !== 1n || to?.d !== 1n || to.n - from.n > 2000n) return null;
  let result: Rational | null = expression.name === 'sum' ? rational.ZERO : rational.ONE;
  for (let k = from.n; k <= to.n && result !== null; k++) {
    const inner: RationalEnvironment = (name) =>
      name === expression.index ? rational.integer(k) : environment(name);
    const term = evaluateExactly(expression.args[2], budget, inner);
    if (term === null) return null;
    result =
      expression.name === 'sum'
        ? rational.add(result, term, budget)
        : rational.multiply(result, term, budget);
  }
  return result;
}
