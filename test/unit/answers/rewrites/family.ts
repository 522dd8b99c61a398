import type { Chance } from './random.ts';

/** One answer with forms that say the same and forms that almost do. Which is which is known by construction. */
export interface Specimen {
  readonly gold: string;
  readonly same: readonly string[];
  readonly near: readonly string[];
}

/** Makes specimens of one kind. */
export type Family = (chance: Chance) => Specimen;

export function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}

/** A reduced fraction that is no integer, 2 ≤ denominator ≤ 30. */
export function properFraction(chance: Chance): { a: number; b: number } {
  for (;;) {
    const a = chance.int(1, 60);
    const b = chance.int(2, 30);
    if (gcd(a, b) === 1) return { a, b };
  }
}

/** Not a square, 2 ≤ n ≤ 60, without square factors. */
export function squareFree(chance: Chance): number {
  for (;;) {
    const n = chance.int(2, 60);
    if ([4, 9, 25, 49].every((square) => n % square !== 0)) return n;
  }
}

/** ` + 3`, ` - 3`. */
export function plus(value: number): string {
  return value < 0 ? ` - ${-value}` : ` + ${value}`;
}

/** Coefficient before a factor: 1 is not written. */
export function times(value: number, factor: string): string {
  if (value === 1) return factor;
  return value === -1 ? `-${factor}` : `${value}${factor}`;
}
