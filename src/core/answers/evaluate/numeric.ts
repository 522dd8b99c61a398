/** Evaluation in complex doubles. */

import type { Expression } from '../parse/expression.ts';
import { type Budget, spend } from './budget.ts';
import * as complex from './complex.ts';
import { type Complex, real } from './complex.ts';
import { evaluateExactly } from './exact.ts';
import { toNumber } from './rational.ts';

export interface NumericEnvironment {
  /** The value of a variable. */
  readonly variable: (name: string) => Complex;
  /** Base of a bare \log. */
  readonly logBase: number;
}

/** Thrown where a function has no value, such as arcsin of a complex number or an unknown function. */
export class NoValue extends Error {
  override readonly name = 'NoValue';
}

/** The value; NaN and infinities are passed on, not thrown. */
export function evaluateNumerically(
  expression: Expression,
  environment: NumericEnvironment,
  budget: Budget,
): Complex {
  spend(budget, 1);
  const evaluate = (argument: Expression) => evaluateNumerically(argument, environment, budget);
  switch (expression.kind) {
    case 'number':
      return real(toNumber(expression.value));
    case 'constant':
      return CONSTANTS[expression.name];
    case 'variable':
      return environment.variable(expression.name);
    case 'call':
      return opaque(expression.name, expression.args.map(evaluate));
    case 'add':
      return expression.args.map(evaluate).reduce(complex.add);
    case 'multiply':
      return expression.args.map(evaluate).reduce(complex.multiply);
    case 'divide':
      return complex.divide(evaluate(expression.args[0]), evaluate(expression.args[1]));
    case 'negate':
      return complex.negate(evaluate(expression.args[0]));
    case 'power':
      return evaluatePower(expression.args, evaluate, budget);
    case 'factorial':
      return real(complex.gamma(asReal(evaluate(expression.args[0])) + 1));
    case 'degrees':
      return complex.multiply(evaluate(expression.args[0]), real(Math.PI / 180));
    case 'modulo': {
      const a = asReal(evaluate(expression.args[0]));
      const b = asReal(evaluate(expression.args[1]));
      return real(((a % b) + b) % b);
    }
    case 'series':
      return evaluateSeries(expression, environment, budget);
    case 'apply':
      return apply(expression.name, expression.args.map(evaluate), environment);
  }
}

const CONSTANTS: Readonly<Record<'pi' | 'e' | 'i' | 'infinity', Complex>> = {
  pi: real(Math.PI),
  e: real(Math.E),
  i: { re: 0, im: 1 },
  infinity: real(Number.POSITIVE_INFINITY),
};

function asReal(value: Complex): number {
  if (Math.abs(value.im) > 1e-12) throw new NoValue('a real number is needed');
  return value.re;
}

/** An unknown function is any function of its arguments that other names do not share. */
function opaque(name: string, args: readonly Complex[]): Complex {
  const seed = fingerprint(name);
  return args.reduce(
    (sum, { re, im }, i) => ({
      re: sum.re + re * (1 + seed + i) + re * re * seed + Math.sin(re + seed),
      im: sum.im + im * (1 + i),
    }),
    real(seed),
  );
}

/** A number in [0, 1) that depends on every character (FNV-1a, then mixed). */
export function fingerprint(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 2246822507);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 4294967296;
}

/** An odd root of a negative number is real: (-8)^{1/3} is -2. */
function evaluatePower(
  [base, exponent]: readonly [Expression, Expression],
  evaluate: (expression: Expression) => Complex,
  budget: Budget,
): Complex {
  const a = evaluate(base);
  if (a.im === 0 && a.re < 0) {
    const exact = evaluateExactly(exponent, budget);
    if (exact !== null && exact.d !== 1n && exact.d % 2n === 1n) {
      const size = Math.abs(a.re) ** toNumber(exact);
      return real(exact.n % 2n === 0n ? size : -size);
    }
  }
  return complex.power(a, evaluate(exponent));
}

const MAX_TERMS = 2000;

function evaluateSeries(
  expression: Extract<Expression, { kind: 'series' }>,
  environment: NumericEnvironment,
  budget: Budget,
): Complex {
  const from = asReal(evaluateNumerically(expression.args[0], environment, budget));
  const to = asReal(evaluateNumerically(expression.args[1], environment, budget));
  if (!Number.isInteger(from) || !(to - from <= MAX_TERMS)) throw new NoValue('too many terms');
  const combine = expression.name === 'sum' ? complex.add : complex.multiply;
  let result = real(expression.name === 'sum' ? 0 : 1);
  for (let k = from; k <= to + 1e-9; k++) {
    const variable = (name: string) => (name === expression.index ? real(k) : environment.variable(name));
    result = combine(result, evaluateNumerically(expression.args[2], { ...environment, variable }, budget));
  }
  return result;
}

const REAL_FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  arccot: (x) => Math.PI / 2 - Math.atan(x),
  arcsec: (x) => Math.acos(1 / x),
  arccsc: (x) => Math.asin(1 / x),
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  arsinh: Math.asinh,
  arcosh: Math.acosh,
  artanh: Math.atanh,
  floor: (x) => Math.floor(x + 1e-12),
  ceil: (x) => Math.ceil(x - 1e-12),
};

function apply(name: string, args: readonly Complex[], environment: NumericEnvironment): Complex {
  const [a, b] = args;
  if (a === undefined) throw new NoValue(`${name} without argument`);
  const realFunction = Object.hasOwn(REAL_FUNCTIONS, name) ? REAL_FUNCTIONS[name] : undefined;
  if (realFunction !== undefined) return real(realFunction(asReal(a)));
  switch (name) {
    case 'sqrt':
      return complex.squareRoot(a);
    case 'root':
      return root(a, b === undefined ? 2 : asReal(b));
    case 'abs':
      return real(complex.modulus(a));
    case 'sin':
      return complex.sine(a);
    case 'cos':
      return complex.cosine(a);
    case 'tan':
      return complex.divide(complex.sine(a), complex.cosine(a));
    case 'cot':
      return complex.divide(complex.cosine(a), complex.sine(a));
    case 'sec':
      return complex.divide(real(1), complex.cosine(a));
    case 'csc':
      return complex.divide(real(1), complex.sine(a));
    case 'exp':
      return complex.exponential(a);
    case 'ln':
      return complex.logarithm(a);
    case 'lg':
      return complex.divide(complex.logarithm(a), real(Math.LN10));
    case 'log':
      return complex.divide(
        complex.logarithm(a),
        b === undefined ? real(Math.log(environment.logBase)) : complex.logarithm(b),
      );
    case 'binom':
      return real(binomial(asReal(a), b === undefined ? Number.NaN : asReal(b)));
    case 'max':
      return real(Math.max(...args.map(asReal)));
    case 'min':
      return real(Math.min(...args.map(asReal)));
    case 'gcd':
      return real(args.map(asReal).reduce(greatestCommonDivisor));
    case 'lcm':
      return real(args.map(asReal).reduce((x, y) => Math.abs(x * y) / greatestCommonDivisor(x, y)));
    case 'Re':
      return real(a.re);
    case 'Im':
      return real(a.im);
    case 'arg':
      return real(Math.atan2(a.im, a.re));
    default:
      throw new NoValue(`the function ${name}`);
  }
}

function root(a: Complex, degree: number): Complex {
  if (a.im === 0 && a.re < 0 && degree % 2 === 1) return real(-((-a.re) ** (1 / degree)));
  return complex.power(a, real(1 / degree));
}

function binomial(n: number, k: number): number {
  return complex.gamma(n + 1) / (complex.gamma(k + 1) * complex.gamma(n - k + 1));
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0.5) [x, y] = [y, x % y];
  return x;
}
