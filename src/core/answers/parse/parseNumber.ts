import { newBudget } from '../evaluate/budget.ts';
import { fraction, integer, type Rational } from '../evaluate/rational.ts';
import type { Expression } from './expression.ts';
import { UnreadableAnswer } from './unreadable.ts';

export function number(value: bigint): Expression {
  return { kind: 'number', value: integer(value), places: null };
}

/** For the percent sign. */
export const TWO_DIGIT_HUNDRED = number(100n);

/** `12`, `3.5`, `.5` or `1.5e-3`. */
export function decimalNumber(token: string): Expression {
  const [mantissa = '', exponentText] = token.toLowerCase().split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  const exponent = Number(exponentText ?? 0) - decimals.length;
  const digits = BigInt(`${whole}${decimals}` || '0');
  const scale = 10n ** BigInt(Math.abs(exponent));
  const value = exponent < 0 ? ratio(digits, scale) : integer(digits * scale);
  const written = exponentText !== undefined || decimals !== '';
  return { kind: 'number', value, places: written ? Math.max(0, -exponent) : null };
}

/** `0.1` followed by `\overline{6}`: exact. */
export function repeatingDecimal(start: string, period: string): Expression {
  if (!/^\d{1,50}$/.test(period)) throw new UnreadableAnswer('unsupported', 'an overline that is no period');
  const [whole = '0', decimals = ''] = start.split('.');
  const scale = 10n ** BigInt(decimals.length);
  const nines = 10n ** BigInt(period.length) - 1n;
  const head = BigInt(`${whole || '0'}${decimals}`);
  return { kind: 'number', value: ratio(head * nines + BigInt(period), scale * nines), places: null };
}

/** `204_5`: digits in a base from 2 to 36. */
export function numberInBase(digits: string, base: number): Expression {
  if (!Number.isInteger(base) || base < 2 || base > 36) throw new UnreadableAnswer('unsupported', 'a base');
  let value = 0n;
  for (const char of digits) {
    const digit = Number.parseInt(char, 36);
    if (!(digit < base)) throw new UnreadableAnswer('unsupported', `the digit ${char} in base ${base}`);
    value = value * BigInt(base) + BigInt(digit);
  }
  return { kind: 'number', value: integer(value), places: null, base };
}

function ratio(n: bigint, d: bigint): Rational {
  const value = fraction(n, d, newBudget());
  if (value === null) throw new UnreadableAnswer('too-long', 'a number with too many digits');
  return value;
}
