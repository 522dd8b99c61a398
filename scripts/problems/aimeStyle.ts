/**
 * The made-up problems in the style of the AIME: 60 of them, of five levels, with integer answers from 0 to 999.
 *
 *   node scripts/problems/aimeStyle.ts            check each answer of the file by brute force
 *   node scripts/problems/aimeStyle.ts --write    write the file
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseProblems } from '../../src/core/problems/index.ts';
import { lintProblem } from '../../src/core/problems/lint/index.ts';
import { LEVELS_1_TO_3 } from './levels1to3.ts';
import { LEVELS_4_TO_5 } from './levels4to5.ts';

const file = path.resolve(import.meta.dirname, '../../media/problems/aime-style-60.jsonl');

export const MADE_PROBLEMS = [...LEVELS_1_TO_3, ...LEVELS_4_TO_5].map((made, index) => ({
  id: `aime-style-${String(index + 1).padStart(2, '0')}`,
  ...made,
}));

/** What is wrong with the file: an answer that the count does not confirm, or a row that is not as it should be. */
export function faultsOf(text: string): string[] {
  const { problems, faults } = parseProblems(text, { file, format: 'jsonl' });
  const found = faults.map(({ line, message }) => `line ${line}: ${message}`);
  if (problems.length !== MADE_PROBLEMS.length)
    found.push(`${problems.length} problems, expected ${MADE_PROBLEMS.length}`);
  for (const [index, problem] of problems.entries()) {
    const made = MADE_PROBLEMS[index];
    if (made === undefined) break;
    const counted = made.check();
    if (problem.answer !== String(counted))
      found.push(`${problem.id}: the answer is ${problem.answer}, counted ${counted}`);
    if (!Number.isInteger(counted) || counted < 0 || counted > 999)
      found.push(`${problem.id}: ${counted} is no AIME answer`);
    if (problem.problem !== made.problem || problem.level !== made.level || problem.mode !== 'aime') {
      found.push(`${problem.id}: the row is not as it was made`);
    }
    for (const { rule, message } of lintProblem(problem, { aimeSet: true }))
      found.push(`${problem.id}: ${rule}: ${message}`);
  }
  return found;
}

function write(): void {
  const lines = MADE_PROBLEMS.map(({ id, problem, level, subject, check }) =>
    JSON.stringify({ id, problem, answer: String(check()), level, subject }),
  );
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

if (import.meta.main) {
  if (process.argv.includes('--write')) write();
  const faults = faultsOf(readFileSync(file, 'utf8'));
  for (const fault of faults) console.error(fault);
  console.log(
    faults.length === 0 ? `${MADE_PROBLEMS.length} answers confirmed by counting` : `${faults.length} faults`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
