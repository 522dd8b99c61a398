/** Evaluation of real expressions to 80 digits, to tell apart what doubles cannot: √(10²⁰+1) is not 10¹⁰. */
import { Decimal } from 'decimal.js';
import type { Expression } from '../parse/expression.ts';
import { type Budget, spend } from './budget.ts';
import { bitLength, type Rational } from './rational.ts';

const Precise = Decimal.clone({ precision: 80, toExpNeg: -100, toExpPos: 100 });

/** Cost of one operation at 80 digits in units of the budget; transcendental functions cost ten times as much. */
const OPERATION = 4;

export interface PreciseEnvironment {
  readonly variable: (name: string) => Rational | null;
  readonly logBase: number;
}

/** The value, or null when the expression leaves the real numbers or what is supported here. */
export function evaluatePrecisely(
  expression: Expression,
  environment: PreciseEnvironment,
  budget: Budget,
): Decimal | null {
  spend(budget, OPERATION);
  switch (expression.kind) {
    case 'number':
      return fromRational(expression.value);
    case 'constant':
      if (expression.name === 'pi') return Precise.acos(-1);
      return expression.name === 'e' ? Precise.exp(1) : null;
    case 'variable': {
      const value = environment.variable(expression.name);
      return value === null ? null : fromRational(value);
    }
    case 'call':
    case 'series':
    case 'modulo':
    case 'factorial':
      return null;
    default:
      return combine(expression, environment, budget);
  }
}

function combine(
  expression: Exclude<Expression, { kind: 'number' | 'constant' | 'variable' | 'call' | 'series' }>,
  environment: PreciseEnvironment,
  budget: Budget,
): Decimal | null {
  const values: Decimal[] = [];
  for (const argument of expression.args) {
    const value = evaluatePrecisely(argument, environment, budget);
    if (value === null || !value.isFinite() || Math.abs(value.e) > 400) return null;
    values.push(value);
  }
  const [a, b] = values;
  if (a === undefined) return null;
  switch (expression.kind) {
    case 'add':
      return values.reduce((x, y) => x.plus(y));
    case 'multiply':
      return values.reduce((x, y) => x.times(y));
    case 'divide':
      return b === undefined || b.isZero() ? null : a.div(b);
    case 'negate':
      return a.neg();
    case 'degrees':
      return a.times(Precise.acos(-1)).div(180);
    case 'power':
      return b === undefined ? null : power(a, b, budget);
    case 'apply':
      return apply(expression.name, a, b, environment.logBase, budget);
    default:
      return null;
  }
}

function fromRational(value: Rational): Decimal | null {
  if (bitLength(value.n) + bitLength(value.d) > 2000) return null;
  return new Precise(value.n.toString()).div(value.d.toString());
}

function power(a: Decimal, b: Decimal, budget: Budget): Decimal | null {
  spend(budget, 10 * OPERATION);
  if (a.isNegative() && !b.isInteger()) return null;
  // The result must stay within what 80 digits describe.
  if (a.isZero() || b.abs().times(a.abs().ln().abs()).gt(900)) return null;
  return a.pow(b);
}

function apply(
  name: string,
  a: Decimal,
  b: Decimal | undefined,
  logBase: number,
  budget: Budget,
): Decimal | null {
  spend(budget, 10 * OPERATION);
  switch (name) {
    case 'sqrt':
      return a.isNegative() ? null : a.sqrt();
    case 'root':
      return b === undefined || a.isNegative() || b.isZero() ? null : power(a, new Precise(1).div(b), budget);
    case 'abs':
      return a.abs();
    case 'exp':
      return a.abs().gt(900) ? null : a.exp();
    case 'ln':
      return a.gt(0) ? a.ln() : null;
    case 'lg':
      return a.gt(0) ? a.log(10) : null;
    case 'log':
      return logarithm(a, b ?? new Precise(logBase === 10 ? 10 : Precise.exp(1)));
    default:
      return trigonometric(name, a);
  }
}

function logarithm(a: Decimal, base: Decimal): Decimal | null {
  if (!a.gt(0) || !base.gt(0) || base.eq(1)) return null;
  return a.ln().div(base.ln());
}

/** Larger angles would need more digits of π than are kept. */
const MAX_ANGLE = 1e6;

function trigonometric(name: string, a: Decimal): Decimal | null {
  if (a.abs().gt(MAX_ANGLE)) return null;
  switch (name) {
    case 'sin':
      return a.sin();
    case 'cos':
      return a.cos();
    case 'tan':
      return a.tan();
    case 'cot':
      return a.sin().isZero() ? null : a.cos().div(a.sin());
    case 'sec':
      return a.cos().isZero() ? null : new Precise(1).div(a.cos());
    case 'csc':
      return a.sin().isZero() ? null : new Precise(1).div(a.sin());
    case 'arcsin':
      return a.abs().gt(1) ? null : a.asin();
    case 'arccos':
      return a.abs().gt(1) ? null : a.acos();
    case 'arctan':
      return a.atan();
    default:
      return null;
  }
}
