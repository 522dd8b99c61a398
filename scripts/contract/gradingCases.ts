/**
 * The cases on which Math-Verify gives a second opinion, with our own grades: written for the test of the trainer,
 * because Python cannot run the generator.
 *
 *   node scripts/contract/gradingCases.ts            fails when the committed file is stale
 *   node scripts/contract/gradingCases.ts --write    writes it
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compareAnswers } from '../../src/core/answers/index.ts';
import { gradingCases } from '../../test/unit/answers/rewrites/index.ts';

const COUNT = 1500;
const SEED = 20_261;
export const CONTRACT_FILE = path.resolve(import.meta.dirname, '../../test/fixtures/contract/grading.jsonl');

/** One line for each case: family, gold, answer, the truth by construction, and our grade. */
export function contractText(): string {
  return gradingCases(COUNT, SEED)
    .map((made) =>
      JSON.stringify({ ...made, ours: compareAnswers({ gold: made.gold, pred: made.pred }).grade }),
    )
    .map((line) => `${line}\n`)
    .join('');
}

if (import.meta.main) {
  if (process.argv.includes('--write')) writeFileSync(CONTRACT_FILE, contractText());
  const fresh = readFileSync(CONTRACT_FILE, 'utf8') === contractText();
  console.log(fresh ? `${COUNT} cases, up to date` : 'stale: node scripts/contract/gradingCases.ts --write');
  process.exitCode = fresh ? 0 : 1;
}
