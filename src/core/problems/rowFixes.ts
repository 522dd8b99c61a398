/** Mends of one row of JSON lines as text: what is not mended keeps every character. */
import { recogniseFields } from './fields.ts';

/**
 * The row under another id; null where its id cannot be found in the text. The same value may stand elsewhere, as the
 * answer: only the id's own field is changed.
 */
export function withId(row: string, id: string): string | null {
  const before = objectOf(row);
  const column = before === null ? undefined : recogniseFields(Object.keys(before)).id;
  if (before === null || column === undefined) return null;
  const value = escaped(JSON.stringify(before[column]));
  const field = new RegExp(`(?<=${escaped(JSON.stringify(column))}\\s*:\\s*)${value}`, 'g');
  for (const { index, 0: found } of row.matchAll(field)) {
    const renamed = row.slice(0, index) + JSON.stringify(id) + row.slice(index + found.length);
    // An object within the row may have a field of the same name and value.
    if (objectOf(renamed)?.[column] === id) return renamed;
  }
  return null;
}

/** The row with null for the numbers that JSON does not have; a string that speaks of them stays as it is. */
export function withNulls(row: string): string {
  return row.replace(/"(?:[^"\\]|\\.)*"|(?<=[:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, (found) =>
    found.startsWith('"') ? found : 'null',
  );
}

function objectOf(row: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
