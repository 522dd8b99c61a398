/**
 * A walk over the header of a GGUF file (version 2 and 3, little endian) that believes no count and no length. The
 * bindings' own reader takes a damaged count for true and reads zeros beyond the end of the file for hours.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';

/** Bytes of a value, by GGUF's number of its type; 8 is a string, 9 an array. */
const VALUE_BYTES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];
const STRING = 8;
const ARRAY = 9;
/** Bytes of the shortest key with its value, and of the shortest description of a tensor. */
const [LEAST_KEY, LEAST_TENSOR] = [13, 24];
const MOST_DIMENSIONS = 8;
const CHUNK = 1 << 20;

/** Throws a `UserError` when the header cannot be what it says. */
export function checkGgufHeader(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    const reader = createReader(descriptor);
    reader.skip(4);
    const version = reader.number32();
    if (version !== 2 && version !== 3) {
      throw new DamagedHeader(`it says version ${version}, and there are versions 2 and 3.`);
    }
    const tensors = reader.count(LEAST_TENSOR);
    const keys = reader.count(LEAST_KEY);
    for (let key = 0; key < keys; key++) skipKey(reader);
    for (let tensor = 0; tensor < tensors; tensor++) skipTensor(reader);
  } catch (thrown) {
    if (!(thrown instanceof DamagedHeader)) throw thrown;
    throw new UserError('model-unusable', `The header of this GGUF file is damaged: ${thrown.message}`, {
      place: { file },
      remedy: 'Download or convert the file again.',
    });
  } finally {
    closeSync(descriptor);
  }
}

class DamagedHeader extends Error {}

interface HeaderReader {
  skip(bytes: number): void;
  number32(): number;
  /** A 64-bit count of things of at least this many bytes each. */
  count(leastBytes: number): number;
}

function skipKey(reader: HeaderReader): void {
  reader.skip(reader.count(1));
  skipValue(reader, reader.number32());
}

function skipValue(reader: HeaderReader, type: number): void {
  if (type === ARRAY) skipArray(reader, reader.number32());
  else if (type === STRING) reader.skip(reader.count(1));
  else reader.skip(bytesOf(type));
}

function skipArray(reader: HeaderReader, type: number): void {
  if (type === STRING) {
    const items = reader.count(8);
    for (let item = 0; item < items; item++) reader.skip(reader.count(1));
  } else {
    reader.skip(reader.count(bytesOf(type)) * bytesOf(type));
  }
}

function bytesOf(type: number): number {
  const bytes = VALUE_BYTES[type];
  if (bytes === undefined) throw new DamagedHeader(`no value has the type number ${type} here.`);
  return bytes;
}

function skipTensor(reader: HeaderReader): void {
  reader.skip(reader.count(1));
  const dimensions = reader.number32();
  if (dimensions > MOST_DIMENSIONS) throw new DamagedHeader(`a tensor has ${dimensions} dimensions.`);
  // Sizes, type, offset.
  reader.skip(dimensions * 8 + 4 + 8);
}

function createReader(descriptor: number): HeaderReader {
  const { size } = fstatSync(descriptor);
  const chunk = Buffer.alloc(CHUNK);
  let chunkStart = 0;
  let chunkLength = 0;
  let place = 0;

  function take(bytes: number): Buffer {
    if (bytes > size - place) throw new DamagedHeader('the file ends in the middle of it.');
    if (place < chunkStart || place + bytes > chunkStart + chunkLength) {
      chunkStart = place;
      chunkLength = readSync(descriptor, chunk, 0, CHUNK, place);
      if (chunkLength < bytes) throw new DamagedHeader('the file ends in the middle of it.');
    }
    const start = place - chunkStart;
    place += bytes;
    return chunk.subarray(start, start + bytes);
  }

  return {
    skip(bytes) {
      if (bytes > size - place) throw new DamagedHeader('the file ends in the middle of it.');
      place += bytes;
    },
    number32: () => take(4).readUInt32LE(),
    count(leastBytes) {
      const count = take(8).readBigUInt64LE();
      if (count * BigInt(leastBytes) > BigInt(size - place)) {
        throw new DamagedHeader(`it counts ${count} things where ${size - place} bytes are left.`);
      }
      return Number(count);
    },
  };
}
