/** Deeper than this nobody nests on purpose, and reading or writing it would overflow the stack. */
export const MAX_NESTING = 100;

/** Whether lists and objects lie deeper in one another than `limit`. */
export function nestsDeeper(value: unknown, limit: number = MAX_NESTING): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((part) => nestsDeeper(part, limit - 1));
}
