/** Parquet files, as the hub has them. */
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { messageOf, UserError } from '../../core/errors.ts';
import type { RowOrBreak } from '../../core/problems/index.ts';

/** Rows read at a time: memory stays flat. */
const BATCH = 2000;

/** The line of a row is its number, from 1. */
export async function* readParquetRows(file: string, signal?: AbortSignal): AsyncGenerator<RowOrBreak> {
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += BATCH) {
      signal?.throwIfAborted();
      const rowEnd = Math.min(total, rowStart + BATCH);
      const rows: unknown[] = await parquetReadObjects({
        file: buffer,
        metadata,
        compressors,
        rowStart,
        rowEnd,
      });
      for (const [index, row] of rows.entries()) yield { line: rowStart + index + 1, values: plainRow(row) };
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UserError('problem-file-unreadable', `cannot read the Parquet file: ${messageOf(error)}`, {
      place: { file },
      remedy: 'Check the path; if the file was cut off, fetch it again.',
      cause: error,
    });
  }
}

function plainRow(row: unknown): Record<string, unknown> {
  if (typeof row !== 'object' || row === null) return {};
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plainValue(value)]));
}

/** int64 arrives as BigInt, which JSON does not know: a number where that is exact, else its digits. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) return plainRow(value);
  return value;
}
