import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy, GRADING_POLICIES } from '../../src/core/answers/index.ts';
import { type GradedRow, gradeFile } from '../../src/node/grading/gradeFile.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'grade-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function grade(lines: readonly string[], options = {}) {
  const file = path.join(dir, 'rows.jsonl');
  writeFileSync(file, lines.join('\n'));
  const rows: GradedRow[] = [];
  const summary = await gradeFile(file, (row) => rows.push(row), options);
  return { rows, summary };
}

describe('gradeFile', () => {
  it('adds grade, reason, layer and both forms, and keeps order and other columns', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({
      id: i,
      gold: `${i}/2`,
      pred: i % 3 === 0 ? `${i + 1}` : `${i / 2}`,
    }));
    const graded = await grade(rows.map((row) => JSON.stringify(row)));
    expect(graded.rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(graded.summary).toMatchObject({ rows: 300, faults: [] });
    for (const [i, row] of graded.rows.entries()) {
      expect(row).toMatchObject(rows[i] ?? {});
      expect(row.grade).toBe(i % 3 === 0 && i + 1 !== i / 2 ? 'incorrect' : 'correct');
      expect(Object.keys(row)).toEqual(expect.arrayContaining(['reason', 'layer', 'normalised', 'doubt']));
    }
  });

  it('takes mode and policy from the row, numbers and booleans as golds, and whole generations', async () => {
    const { rows } = await grade([
      '{"gold": 25, "pred": "025", "mode": "aime"}',
      '{"gold": 25, "pred": "25.0", "mode": "aime"}',
      '{"gold": true, "pred": "yes", "mode": "boolean"}',
      '{"gold": "0.75", "pred": "75", "policy": {"percent": "scale"}}',
      '{"gold": "0.75", "pred": "75"}',
      '{"gold": "7", "text": "There are 7 in all", "policy": "lenient"}',
      '{"gold": "7", "text": "There are 7 in all"}',
      '{"gold": "", "pred": "7"}',
      '{"gold": "7", "pred": null}',
    ]);
    expect(rows.map(({ grade }) => grade)).toEqual([
      'correct',
      'incorrect',
      'correct',
      'correct',
      'incorrect',
      'correct',
      'incorrect',
      'undetermined',
      'incorrect',
    ]);
  });

  it('uses the policy and mode of the call for rows that name none', async () => {
    const lines = [
      '{"gold": "1, 2", "pred": "2, 1"}',
      '{"gold": "1, 2", "pred": "2, 1", "policy": "default"}',
    ];
    const { rows } = await grade(lines, { policy: { ...defaultPolicy, name: 'ordered', listOrder: 'keep' } });
    expect(rows.map(({ grade }) => grade)).toEqual(['incorrect', 'correct']);
  });

  it('names line and field of what it cannot grade, and grades the rest', async () => {
    const { rows, summary } = await grade([
      'oops',
      '{"pred": "1"}',
      '{"gold": "1"}',
      '{"gold": "1", "pred": "1", "mode": "maths"}',
      '{"gold": "1", "pred": "1", "policy": "none"}',
      `{"gold": "1", "pred": "1", "extra": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      '',
      '{"gold": "1", "pred": "1"}',
    ]);
    expect(rows).toHaveLength(1);
    expect(summary.faults.map(({ line, field }) => [line, field])).toEqual([
      [1, null],
      [2, 'gold'],
      [3, 'pred'],
      [4, 'mode'],
      [5, 'policy'],
      [6, null],
    ]);
    expect(summary.faults.at(-2)?.message).toContain(Object.keys(GRADING_POLICIES).join(', '));
  });
});
