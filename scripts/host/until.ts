import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the check gives something other than undefined, null or false, and gives it. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  limitMs = 45_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(100);
  }
}
