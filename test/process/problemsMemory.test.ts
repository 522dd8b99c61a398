import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureCommand, writeLargeSet } from './largeSet.ts';

/** `npm run bench -- sets` does the same with 1 GB. */
const BYTES = 60e6;

let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'large-'));
  await writeLargeSet(path.join(dir, 'large.jsonl'), BYTES);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a set that does not fit into memory', () => {
  it.each([['import', '--dir', 'imported'], ['lint']])(
    'is read by %s one row at a time',
    async (name, ...more) => {
      const args = [name, 'large.jsonl', ...more];
      const { code, peakBytes, stderr } = await measureCommand(args, dir, ['--max-old-space-size=48']);
      expect(stderr).not.toContain('heap');
      expect(code).toBe(0);
      // The process itself, and the fixed room of the index of duplicates.
      expect(peakBytes).toBeLessThan(500e6);
    },
  );
});
