import type { ProblemFormat } from './types.ts';

/** The format that a file's name tells; null when the name tells none. Parquet is read in `node/problems`. */
export function formatOfFile(file: string): ProblemFormat | 'parquet' | null {
  const name = file.toLowerCase();
  if (name.endsWith('.problem.md')) return 'markdown';
  if (name.endsWith('.jsonl') || name.endsWith('.ndjson')) return 'jsonl';
  if (name.endsWith('.json')) return 'json';
  if (name.endsWith('.csv')) return 'csv';
  return name.endsWith('.parquet') ? 'parquet' : null;
}
