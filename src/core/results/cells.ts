/** What stands in one cell of a results file. */
import { readGold } from '../problems/gold.ts';
import type { Finish, Grade } from '../schema/common.ts';

const GRADES: Readonly<Record<string, Grade>> = {
  true: 'correct',
  correct: 'correct',
  right: 'correct',
  '1': 'correct',
  '1.0': 'correct',
  false: 'incorrect',
  incorrect: 'incorrect',
  wrong: 'incorrect',
  '0': 'incorrect',
  '0.0': 'incorrect',
  undetermined: 'undetermined',
  unknown: 'undetermined',
};

/** True or false, 1 or 0, or the word; undefined for anything else, such as half a point. */
export function readGrade(cell: unknown): Grade | undefined {
  return typeof cell === 'object' ? undefined : GRADES[String(cell).trim().toLowerCase()];
}

/** A bare answer; null where the model gave none; undefined for what cannot be one. */
export function readAnswer(cell: unknown): string | null | undefined {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'object') return undefined;
  return readGold(cell).answer;
}

/** The number of a sample, from 0 or from 1; undefined for anything else. */
export function readCount(cell: unknown): number | undefined {
  const number = typeof cell === 'string' && /^\d+$/.test(cell.trim()) ? Number(cell) : cell;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

const CUT: ReadonlySet<string> = new Set(['length', 'max_tokens', 'max_length', 'truncated']);
const ENDED: ReadonlySet<string> = new Set(['stop', 'eos', 'end_turn', 'stop_sequence', 'eos_token']);

/** Why the generation ended; null where the cell does not say it in a known word. */
export function readFinish(cell: unknown): Finish | null {
  const word = String(cell).toLowerCase();
  if (CUT.has(word)) return 'length';
  return ENDED.has(word) ? 'stop' : null;
}
