import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTRACT_FILE, contractText } from '../../../scripts/contract/gradingCases.ts';

describe('the cases for the second opinion', () => {
  it('are what the generator and the grader give: else run scripts/contract/gradingCases.ts --write', () => {
    expect(readFileSync(CONTRACT_FILE, 'utf8') === contractText()).toBe(true);
  });

  it('are graded as they were made', () => {
    const rows: { same: boolean; ours: string }[] = contractText()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.filter(({ same, ours }) => ours !== (same ? 'correct' : 'incorrect'))).toEqual([]);
  });
});
