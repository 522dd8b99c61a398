/**
 * The words of a sample (grade, finish, verdict, transition) and whether it has an error, as one number: what an index
 * costs to make is mostly its columns.
 */
import type { ScannedRow } from './scanRow.ts';

/** Positions of a row in the lists of `scanRow.ts`; verdict and transition from -1, where there is none. */
type Words = Pick<ScannedRow, 'grade' | 'finish' | 'hasError' | 'verdict' | 'transition'>;

/** Three bits each: no list has more than seven words. */
const PLACES = { grade: 0, finish: 3, verdict: 6, transition: 9, hasError: 12 } as const;
const MASK = 7;

export function packWords({ grade, finish, hasError, verdict, transition }: Words): number {
  return (
    (grade << PLACES.grade) |
    (finish << PLACES.finish) |
    ((verdict + 1) << PLACES.verdict) |
    ((transition + 1) << PLACES.transition) |
    (hasError << PLACES.hasError)
  );
}

export function unpackWords(packed: number): Words {
  const at = (name: keyof typeof PLACES) => (packed >> PLACES[name]) & MASK;
  return {
    grade: at('grade'),
    finish: at('finish'),
    hasError: at('hasError'),
    verdict: at('verdict') - 1,
    transition: at('transition') - 1,
  };
}

/** The same of one word in SQL; verdict and transition count from 1 there. */
export function wordInSql(name: keyof typeof PLACES): string {
  return `((words >> ${PLACES[name]}) & ${MASK})`;
}
