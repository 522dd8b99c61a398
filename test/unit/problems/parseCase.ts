import { type ProblemFormat, parseProblems } from '../../../src/core/problems/index.ts';

/** A file of problems as its text alone, named as a set that no form is known of. */
export function parse(text: string, format: ProblemFormat = 'jsonl', file = 'set.jsonl') {
  return parseProblems(text, { file, format });
}
