/** Linting problem sets: leaked answers, duplicates within and across sets, golds that cannot be graded. */
import type { Problem } from '../../schema/problem.ts';
import { fileStem } from '../reader.ts';
import { createDuplicateIndex } from './duplicates.ts';
import { type Finding, lintProblem } from './rules.ts';

export { createDuplicateIndex, type Duplicate, type DuplicateIndex, GRAM_WORDS } from './duplicates.ts';
export { type Finding, lintProblem } from './rules.ts';

/** A finding with its place. */
export interface LintRow extends Finding {
  readonly file: string;
  readonly line: number;
  readonly problemId: string;
  /** The other problem of a duplicate. */
  readonly other?: {
    readonly file: string;
    readonly line: number;
    readonly problemId: string;
    readonly share: number;
  };
}

export interface ProblemLinter {
  /** What is wrong with the next problem; files may be mixed, and are compared with one another. */
  add(file: string, line: number, problem: Problem): LintRow[];
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly problemId: string;
}

/** Holds places and hashes, not statements: a set larger than memory can be linted. */
export function createLinter(): ProblemLinter {
  const places: Place[] = [];
  const duplicates = createDuplicateIndex();
  return {
    add(file, line, problem) {
      const place = { file, line, problemId: problem.id };
      places.push(place);
      const rows: LintRow[] = lintProblem(problem, { aimeSet: /aime/i.test(fileStem(file)) }).map(
        (finding) => ({
          ...finding,
          ...place,
        }),
      );
      const [closest] = duplicates.add(problem.problem);
      const other = closest === undefined ? undefined : places[closest.of];
      if (closest !== undefined && other !== undefined) rows.push(duplicateRow(place, other, closest));
      return rows;
    },
  };
}

function duplicateRow(
  place: Place,
  other: Place,
  { kind, share }: { readonly kind: 'exact' | 'near'; readonly share: number },
): LintRow {
  const across = place.file !== other.file;
  const what =
    kind === 'exact' ? 'the same statement as' : `${Math.round(100 * share)} % of the words in common with`;
  return {
    ...place,
    rule: `${kind}-duplicate`,
    severity: kind === 'exact' ? 'error' : 'warning',
    field: 'problem',
    message: `${what} ${across ? `${other.file}:` : 'line '}${other.line} (${other.problemId})`,
    remedy: across
      ? 'Train on one of the two sets, or evaluate on the other problems only.'
      : 'Delete one of them: a problem that counts twice narrows intervals that should be wide.',
    other: { ...other, share },
  };
}
