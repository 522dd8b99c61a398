import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultsOf, MADE_PROBLEMS } from '../../../scripts/problems/aimeStyle.ts';

const text = readFileSync(
  path.resolve(import.meta.dirname, '../../../media/problems/aime-style-60.jsonl'),
  'utf8',
);

describe('the made-up problems in the style of the AIME', () => {
  it('are at least sixty, of five levels, all different', () => {
    expect(MADE_PROBLEMS.length).toBeGreaterThanOrEqual(60);
    for (const level of [1, 2, 3, 4, 5]) {
      expect(MADE_PROBLEMS.filter((made) => made.level === level).length).toBeGreaterThanOrEqual(12);
    }
    expect(new Set(MADE_PROBLEMS.map(({ problem }) => problem)).size).toBe(MADE_PROBLEMS.length);
  });

  it('have the answers that counting gives, as the file has them', () => {
    expect(faultsOf(text)).toEqual([]);
  });

  it('would be caught with a wrong answer', () => {
    const row = text.split('\n')[4] ?? '';
    expect(row).toContain('"answer":"150"');
    expect(faultsOf(text.replace('"answer":"150"', '"answer":"151"'))).toEqual([
      'aime-style-05: the answer is 151, counted 150',
    ]);
  });
});
