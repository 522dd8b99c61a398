/** Problem sets: formats, field recognition, gold forms, identity. Pure; the files are read in `node/problems`. */
import type { Problem } from '../schema/problem.ts';
import { createProblemReader } from './reader.ts';
import { splitRows } from './rows.ts';
import type { ParsedProblems, ParseProblemsOptions, ProblemFault } from './types.ts';

export { type DocumentSection, type ProblemDocument, readProblemDocument } from './document.ts';
export { type FieldMap, recogniseFields } from './fields.ts';
export { formatOfFile } from './format.ts';
export { problemSetCanonicalText, statementCanonicalText } from './identity.ts';
export { createJsonArraySplitter } from './jsonArray.ts';
export { createProblemReader, fileStem, type ReaderOptions } from './reader.ts';
export {
  CSV_OPTIONS,
  csvBreak,
  elementRow,
  jsonLayout,
  parseJsonRow,
  type RowOrBreak,
  splitRows,
} from './rows.ts';
export { renderStatement } from './statement.ts';
export type {
  FieldRole,
  ParsedProblems,
  ParseProblemsOptions,
  ProblemFault,
  ProblemFormat,
  RawRow,
} from './types.ts';

/** Reads a whole set from its text. A row that cannot be used becomes a fault; none is dropped silently. */
export function parseProblems(text: string, options: ParseProblemsOptions): ParsedProblems {
  const faults: ProblemFault[] = [];
  const read = createProblemReader(options, (fault) => faults.push(fault));
  const problems: Problem[] = [];
  for (const row of splitRows(text, options.format)) {
    const problem = read(row);
    if (problem !== null) problems.push(problem);
  }
  return { problems, faults };
}
