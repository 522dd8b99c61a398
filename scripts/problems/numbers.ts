/** Small tools for counting by brute force. */

/** from, from + 1, ..., to */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

export function count<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.reduce((total, item) => total + (test(item) ? 1 : 0), 0);
}

export function sum(items: readonly number[]): number {
  return items.reduce((total, item) => total + item, 0);
}

export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

export function isPrime(n: number): boolean {
  if (n < 2) return false;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

export function divisors(n: number): number[] {
  return range(1, n).filter((d) => n % d === 0);
}

export function digits(n: number | bigint): number[] {
  return String(n).split('').map(Number);
}

export function isSquare(n: number): boolean {
  return n >= 0 && Number.isInteger(Math.sqrt(n)) && Math.round(Math.sqrt(n)) ** 2 === n;
}

/** All choices of so many items, in order of position. */
export function combinations<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) =>
    combinations(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]),
  );
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

/** All words of so many letters. */
export function words<T>(letters: readonly T[], length: number): T[][] {
  if (length === 0) return [[]];
  return words(letters, length - 1).flatMap((word) => letters.map((letter) => [...word, letter]));
}

export function powerMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) result = (result * b) % modulus;
  }
  return result;
}

/** m + n of the probability m/n in lowest terms. */
export function partsOf(favourable: number, all: number): number {
  const g = gcd(favourable, all);
  return favourable / g + all / g;
}

/** A recurrence run so many steps. */
export function iterate<T>(start: T, steps: number, step: (value: T) => T): T {
  let value = start;
  for (let i = 0; i < steps; i++) value = step(value);
  return value;
}
