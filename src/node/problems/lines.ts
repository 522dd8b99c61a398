/** Reads text files of any size in pieces: memory stays flat. */
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf, UserError } from '../../core/errors.ts';

/** Longer lines are reported and skipped. Bytes. */
const MAX_LINE = 16_000_000;
const PIECE = 256 * 1024;
const NEWLINE = 10;

export interface TextLine {
  /** From 1. */
  readonly line: number;
  /** Null when the line cannot be read. */
  readonly text: string | null;
  /** Why it cannot be read. */
  readonly fault: string | null;
}

/** The lines of a UTF-8 file, without their ends; split on \n only. */
export async function* readLines(file: string, signal?: AbortSignal): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: Uint8Array[] = [];
  let held = 0;
  let line = 1;
  const finish = (last: Uint8Array): TextLine => {
    const length = held + last.length;
    const bytes = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    pieces = [];
    held = 0;
    const number = line++;
    if (length > MAX_LINE) {
      const fault = `the line is ${Math.round(length / 1e6)} MB long`;
      return { line: number, text: null, fault };
    }
    try {
      return { line: number, text: decoder.decode(bytes).replace(/\r$/, ''), fault: null };
    } catch {
      return { line: number, text: null, fault: 'the line is not UTF-8 text' };
    }
  };
  for await (const piece of readPieces(file, signal)) {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      yield finish(piece.subarray(start, end));
      start = end + 1;
    }
    const rest = piece.subarray(start);
    held += rest.length;
    // What is over the bound is only counted.
    if (held <= MAX_LINE) pieces.push(Buffer.from(rest));
    else pieces = [];
  }
  if (held > 0) yield finish(new Uint8Array());
}

/** The decoded text of a UTF-8 file, in pieces that never split a character. */
export async function* readText(file: string, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of readPieces(file, signal)) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw notUtf8(file);
    throw error;
  }
}

async function* readPieces(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await openFile(file);
  try {
    for (let first = true; ; first = false) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, null);
      if (bytesRead === 0) return;
      const piece = buffer.subarray(0, bytesRead);
      if (first && isUtf16(piece)) throw notUtf8(file);
      // A byte order mark is no part of the text.
      yield first && piece.subarray(0, 3).equals(UTF8_MARK) ? piece.subarray(3) : piece;
    }
  } finally {
    await handle.close();
  }
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function isUtf16(piece: Buffer): boolean {
  const start = piece.subarray(0, 2).toString('hex');
  return start === 'fffe' || start === 'feff' || (piece[0] !== 0 && piece[1] === 0);
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw new Error('it is a folder');
    }
    return handle;
  } catch (error) {
    throw new UserError('problem-file-unreadable', `cannot read the file: ${messageOf(error)}`, {
      place: { file },
      remedy: 'Check the path and the permissions.',
      cause: error,
    });
  }
}

function notUtf8(file: string): UserError {
  return new UserError('problem-file-encoding', 'the file is not UTF-8 text', {
    place: { file },
    remedy: 'Save it as UTF-8, for example with: iconv -f utf-16 -t utf-8.',
  });
}
