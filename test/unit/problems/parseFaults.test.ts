import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from './parseCase.ts';

describe('nothing is dropped silently', () => {
  it('gives each bad row its line, field and remedy', () => {
    const rows = [
      '{"problem": "A", "answer": "1"}',
      'oops',
      '[1]',
      '{"answer": "1"}',
      '{"problem": " ", "answer": "1"}',
      '{"problem": "B"}',
    ];
    const { problems, faults } = parse(rows.join('\n'));
    expect(problems).toHaveLength(2);
    expect(faults.map(({ line, severity }) => [line, severity])).toEqual([
      [2, 'error'],
      [3, 'error'],
      [4, 'error'],
      [5, 'error'],
      [6, 'warning'],
    ]);
    for (const fault of faults) {
      expect(fault.file).toBe('set.jsonl');
      expect(fault.remedy).toMatch(/\.$/);
    }
  });

  it('keeps rows with one id apart, and says so', () => {
    const rows = Array.from({ length: 4 }, (_, i) =>
      JSON.stringify({ id: 'a', problem: `P${i}`, answer: '1' }),
    );
    const { problems, faults } = parse(rows.join('\n'));
    expect(problems.map(({ id }) => id)).toEqual(['a', 'a~2', 'a~3', 'a~4']);
    expect(faults.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it('accounts for every line of any text', () => {
    const line = fc.oneof(
      fc.string().map((text) => text.replaceAll('\n', '')),
      fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
      fc
        .record({ problem: fc.string(), id: fc.constantFrom('a', 'b'), answer: fc.string() })
        .map((row) => JSON.stringify(row)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const { problems, faults } = parse(lines.join('\n'));
        const errors = new Set(
          faults.filter(({ severity }) => severity === 'error').map((fault) => fault.line),
        );
        const rows = lines.filter((text) => text.replace('\uFEFF', '').trim() !== '').length;
        expect(problems.length + errors.size).toBe(rows);
        expect(new Set(problems.map(({ id }) => id)).size).toBe(problems.length);
      }),
    );
  });

  it('reads deep nesting without overflowing', () => {
    const list = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parse(`{"problem": "P", "answer": "1", "extra": ${list}}`).problems).toHaveLength(1);
    for (const field of ['answer', 'options', 'problem', 'id', 'solution', 'level', 'mode']) {
      const { problems, faults } = parse(`{"problem": "P?", "answer": "1", "id": 1, "${field}": ${list}}`);
      expect(faults).toContainEqual(expect.objectContaining({ line: 1, field }));
      expect(problems).toHaveLength(field === 'problem' ? 0 : 1);
    }
    expect(parse('['.repeat(100_000), 'json').problems).toHaveLength(0);
  });
});
