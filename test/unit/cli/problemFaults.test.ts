import { expect, it } from 'vitest';
import { tellFaults } from '../../../src/cli/problemFaults.ts';
import { parseProblems } from '../../../src/core/problems/index.ts';

function told(text: string): string[] {
  const lines: string[] = [];
  const { faults } = parseProblems(text, { file: 'set.jsonl', format: 'jsonl' });
  tellFaults({ warn: (line) => lines.push(line) }, faults);
  return lines;
}

it('a few faults are told row by row, with line, field and remedy', () => {
  const lines = told('{"problem": "P"}\noops\n{"problem": "Q", "answer": 1}');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^set\.jsonl:1: field "answer": no gold answer.*\. Add the answer/);
  expect(lines[1]).toMatch(/^set\.jsonl:2: /);
});

it('the same fault of every row does not bury the others, and is counted', () => {
  const rows = Array.from({ length: 1000 }, (_, at) => JSON.stringify({ problem: `What is ${at}?` }));
  const lines = told([...rows, 'oops'].join('\n'));
  expect(lines).toHaveLength(7);
  expect(lines).toContainEqual(expect.stringContaining('995 more rows'));
  expect(lines.at(-1)).toMatch(/^set\.jsonl:1001: /);
});
