/** How measurements are taken and printed. */

/** One line: what was measured, how much, and what was aimed at. */
export function print(what: string, value: string, aim = ''): void {
  console.log(`${what.padEnd(64)} ${value.padStart(12)}  ${aim}`);
}

/** In milliseconds, with a decimal where it matters. */
export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

/** What some work gives, and how long it took in milliseconds. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ value: T; took: number }> {
  const began = performance.now();
  const value = await work();
  return { value, took: performance.now() - began };
}
