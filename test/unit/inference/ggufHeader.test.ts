import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { checkGgufHeader } from '../../../src/node/inference/ggufHeader.ts';

const nano = path.resolve(import.meta.dirname, '../../../media/models/nano.gguf');
const folder = mkdtempSync(path.join(tmpdir(), 'reflection-header-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = readFileSync(nano);
/** Tensors are described last: up to here it is all header. */
const headerBytes = whole.indexOf('output_norm.weight');

function outcomeOf(content: Buffer): unknown {
  const file = path.join(folder, 'x.gguf');
  writeFileSync(file, content);
  try {
    checkGgufHeader(file);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

describe('checkGgufHeader', () => {
  it('passes a real model', () => {
    expect(outcomeOf(whole)).toBeUndefined();
  });

  it('refuses every file that ends within its header', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: headerBytes }), (length) => {
        const thrown = outcomeOf(whole.subarray(0, length));
        expect(thrown).toBeInstanceOf(UserError);
        expect(thrown).toMatchObject({ code: 'model-unusable', message: expect.stringContaining('damaged') });
      }),
      { numRuns: 60 },
    );
  });

  it('comes to an end on whatever stands in it', () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: headerBytes }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    const counts = fc.array(fc.tuple(fc.integer({ min: 8, max: 23 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.oneof(damage, counts), (changes) => {
        const content = Buffer.from(whole.subarray(0, 60_000));
        for (const [place, value] of changes) content[place] = value;
        const startedAt = performance.now();
        const thrown = outcomeOf(content);
        if (thrown !== undefined) expect(thrown).toBeInstanceOf(UserError);
        expect(performance.now() - startedAt).toBeLessThan(2000);
      }),
      { numRuns: 200 },
    );
  });
});
