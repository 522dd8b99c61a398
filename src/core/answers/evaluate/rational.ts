import { type Budget, spend } from './budget.ts';

/** An exact fraction in lowest terms; the denominator is positive. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** A power needs no greatest common divisor, so that it may be so many times longer than other fractions. */
const POWER_FACTOR = 3;

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };

export function integer(value: bigint): Rational {
  return { n: value, d: 1n };
}

/** The fraction n/d in lowest terms; null when d is 0 or the numbers are too large. */
export function fraction(n: bigint, d: bigint, budget: Budget): Rational | null {
  const bits = bitLength(n) + bitLength(d);
  if (d === 0n || bits > 2 * budget.maxBits) return null;
  spend(budget, 1 + bits / 64);
  const divisor = greatestCommonDivisor(n < 0n ? -n : n, d < 0n ? -d : d);
  // Euclid's steps grow with the bits, and each costs as many.
  spend(budget, (bits / 160) ** 2);
  const signed = d < 0n ? -divisor : divisor;
  return { n: n / signed, d: d / signed };
}

export function add(a: Rational, b: Rational, budget: Budget): Rational | null {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d, budget);
}

export function multiply(a: Rational, b: Rational, budget: Budget): Rational | null {
  return fraction(a.n * b.n, a.d * b.d, budget);
}

export function divide(a: Rational, b: Rational, budget: Budget): Rational | null {
  return fraction(a.n * b.d, a.d * b.n, budget);
}

export function negate(a: Rational): Rational {
  return { n: -a.n, d: a.d };
}

/** a to an integer power; null when the result would be too large. */
export function power(a: Rational, exponent: bigint, budget: Budget): Rational | null {
  const size = exponent < 0n ? -exponent : exponent;
  const bits = Math.max(bitLength(a.n), bitLength(a.d));
  if (size > 100_000n || bits * Number(size) > POWER_FACTOR * budget.maxBits) return null;
  spend(budget, (bits * Number(size)) / 64);
  const [n, d] = [a.n ** size, a.d ** size];
  if (exponent >= 0n) return { n, d };
  if (n === 0n) return null;
  return n < 0n ? { n: -d, d: -n } : { n: d, d: n };
}

export function floor(a: Rational): bigint {
  const quotient = a.n / a.d;
  return a.n % a.d < 0n ? quotient - 1n : quotient;
}

export function isEqual(a: Rational, b: Rational): boolean {
  return a.n === b.n && a.d === b.d;
}

/** The nearest double, also when numerator and denominator overflow one. */
export function toNumber(a: Rational): number {
  const bits = Math.min(bitLength(a.n), bitLength(a.d));
  const shift = BigInt(Math.max(0, bits - 900));
  return Number(a.n >> shift) / Number(a.d >> shift);
}

export function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
