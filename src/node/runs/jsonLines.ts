/** Reading JSONL: whole lines only, every line that cannot be read is a fault with its number. */
import { createReadStream } from 'node:fs';
import type { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import { errorCode, onDisk } from './diskErrors.ts';

/** A line that cannot be used. */
export interface LineFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Reads one line against a schema. */
export function parseLine<T>(
  line: string,
  schema: z.ZodType<T>,
): { readonly row: T } | { readonly message: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (thrown) {
    return { message: `not JSON: ${messageOf(thrown)}` };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { row: parsed.data };
  const issue = parsed.error.issues[0];
  return { message: `field "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'does not fit'}` };
}

/**
 * Streams the rows of a JSONL file; a missing file has none. An unfinished last line is being written, or was torn by
 * a crash: it is not a row and no fault either. Files larger than the longest string are no problem.
 */
export async function readJsonLines<T>(
  file: string,
  schema: z.ZodType<T>,
): Promise<{ rows: T[]; faults: LineFault[] }> {
  const rows: T[] = [];
  const faults: LineFault[] = [];
  let number = 0;
  for await (const line of completeLines(file)) {
    number += 1;
    if (line.trim() === '') continue;
    const parsed = parseLine(line, schema);
    if ('row' in parsed) rows.push(parsed.row);
    else faults.push({ file, line: number, message: parsed.message });
  }
  return { rows, faults };
}

/** The lines that end in a newline. Splitting the bytes before decoding keeps characters of several bytes whole. */
async function* completeLines(file: string): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  const stream = createReadStream(file, { highWaterMark: 1 << 18 });
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await onDisk(file, () => chunks.next());
      if (next.done === true) return;
      const split = splitLines(Buffer.concat([...pending, next.value]));
      yield* split.lines;
      pending = [split.rest];
    }
  } catch (thrown) {
    if (thrown instanceof Error && errorCode(thrown.cause) === 'ENOENT') return;
    throw thrown;
  } finally {
    stream.destroy();
  }
}

/** The complete lines at the start of the bytes, and the bytes of the unfinished one. */
export function splitLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.toString('utf8', start, end));
    start = end + 1;
  }
  return { lines, rest: bytes.subarray(start) };
}
