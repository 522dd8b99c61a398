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
  /** One run of words in so many is compared: 1 unless the sets are very large. */
  readonly sampling: number;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly problemId: string;
}

/** Holds places and a bounded number of hashes, not statements: a set larger than memory can be linted. */
export function createLinter(): ProblemLinter {
  const places = createPlaces();
  const duplicates = createDuplicateIndex();
  return {
    get sampling() {
      return duplicates.sampling;
    },
    add(file, line, problem) {
      const place = { file, line, problemId: problem.id };
      places.add(place);
      const rows: LintRow[] = lintProblem(problem, { aimeSet: /aime/i.test(fileStem(file)) }).map(
        (finding) => ({
          ...finding,
          ...place,
        }),
      );
      const [closest] = duplicates.add(problem.problem);
      const other = closest === undefined ? undefined : places.at(closest.of);
      if (closest !== undefined && other !== undefined) {
        rows.push(duplicateRow(place, other, closest, duplicates.sampling > 1));
      }
      return rows;
    },
  };
}

/** Places in columns: there may be a million. */
function createPlaces() {
  const files: string[] = [];
  const fileOf: number[] = [];
  const lines: number[] = [];
  const ids: string[] = [];
  return {
    add({ file, line, problemId }: Place) {
      if (files.at(-1) !== file) files.push(file);
      fileOf.push(files.length - 1);
      lines.push(line);
      ids.push(problemId);
    },
    at(position: number): Place | undefined {
      const [file, line, problemId] = [files[fileOf[position] ?? -1], lines[position], ids[position]];
      if (file === undefined || line === undefined || problemId === undefined) return undefined;
      return { file, line, problemId };
    },
  };
}

function duplicateRow(
  place: Place,
  other: Place,
  { kind, share }: { readonly kind: 'exact' | 'near'; readonly share: number },
  isEstimate: boolean,
): LintRow {
  const across = place.file !== other.file;
  const what =
    kind === 'exact'
      ? 'the same statement as'
      : `${isEstimate ? 'about ' : ''}${Math.round(100 * share)} % of the words in common with`;
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
