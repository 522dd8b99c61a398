import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contractFiles } from '../../../scripts/contract/trainerCases.ts';

describe('cases that the trainer reads, too', () => {
  it.each([...contractFiles()].map(([file, text]) => [path.basename(file), file, text] as const))(
    '%s is up to date',
    (_name, file, text) => {
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );
});
