/** What reads problem files and lints them; loaded (`import()`) when there is a problem file to read. */
import {
  createProblemReader,
  type ProblemFault,
  type ProblemFormat,
  parseJsonRow,
  type RowOrBreak,
  splitRows,
} from '../core/problems/index.ts';
import { isResultRow } from '../core/results/columns.ts';
import { scftRecordSchema } from '../core/schema/dataset.ts';
import type { ParsedSet, PlacedProblem, RowCache } from './problemDocuments.ts';
import { createSlicer } from './slicer.ts';

export { parseProblems, readProblemDocument } from '../core/problems/index.ts';
export { createLinter } from '../core/problems/lint/index.ts';
export { answerModeSchema } from '../core/schema/problem.ts';

/** Parses a set in slices. `isWanted` is asked after each: null when it no longer is. */
export async function parseInSlices(
  text: string,
  file: string,
  format: ProblemFormat,
  { known = new Map(), isWanted = () => true }: { known?: RowCache; isWanted?: () => boolean } = {},
): Promise<(ParsedSet & { readonly rows: RowCache }) | null> {
  const faults: ProblemFault[] = [];
  const read = createProblemReader({ file }, (fault) => faults.push(fault));
  const problems: PlacedProblem[] = [];
  const rows: RowCache = new Map();
  const pause = createSlicer();
  for (const row of format === 'jsonl' ? jsonLines(text, known, rows) : splitRows(text, format)) {
    const problem = read(row);
    if (problem !== null) problems.push({ line: row.line - 1, problem });
    const waiting = pause();
    if (waiting !== undefined) await waiting;
    if (waiting !== undefined && !isWanted()) return null;
  }
  return { problems, faults, rows };
}

function* jsonLines(text: string, known: RowCache, rows: RowCache): Generator<RowOrBreak> {
  let line = 0;
  for (let start = 0; start <= text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    line += 1;
    const source = text.slice(start, end);
    start = end + 1;
    if (source.trim() === '') continue;
    const found = known.get(source);
    const row = found === undefined ? parseJsonRow(source, line) : { ...found, line };
    rows.set(source, row);
    yield row;
  }
}

/**
 * Whether the beginning of a file holds the statement of a problem. Records of a training set do not count, nor results of
 * a model, which may repeat the statement.
 */
export function holdsProblems(head: string, file: string, format: ProblemFormat): boolean {
  const read = createProblemReader({ file }, () => undefined);
  // The last row may be cut off; a JSON array is whole only in a small file.
  return splitRows(head, format)
    .slice(0, 3)
    .some((row) => !isRecord(row) && read(row) !== null);
}

function isRecord(row: object): boolean {
  if (!('values' in row)) return false;
  return scftRecordSchema.safeParse(row.values).success || isResultRow(Object.keys(row.values ?? {}));
}
