/** Splits the text of a set into rows with their line numbers; a broken row does not take the others with it. */
import { parse as parseCsv } from 'csv-parse/browser/esm/sync';
import { messageOf } from '../errors.ts';
import { documentRow } from './document.ts';
import { createJsonArraySplitter, type Element } from './jsonArray.ts';
import type { ProblemFormat, RawRow } from './types.ts';

/** A row, or why the text at this line is none. */
export type RowOrBreak =
  | RawRow
  | { readonly line: number; readonly message: string; readonly remedy: string };

export function splitRows(source: string, format: ProblemFormat): RowOrBreak[] {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  switch (format) {
    case 'jsonl':
      return jsonlRows(text);
    case 'json':
      return jsonRows(text);
    case 'csv':
      return csvRows(text);
    case 'markdown':
      return [documentRow(text)];
  }
}

/** Split on \n only: U+2028 stands inside strings of GSM8K. */
function jsonlRows(text: string): RowOrBreak[] {
  const rows: RowOrBreak[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') rows.push(parseJsonRow(line, index + 1));
  }
  return rows;
}

/** Parses one JSON object as a row. */
export function parseJsonRow(source: string, line: number): RowOrBreak {
  try {
    return objectRow(JSON.parse(source), line);
  } catch (error) {
    const number = /(?<![\w"])(?:NaN|-?Infinity)(?![\w"])/.exec(source);
    if (number !== null) {
      return {
        line,
        message: `${number[0]} is not JSON`,
        remedy: 'Write null instead, for example with json.dumps(..., allow_nan=False).',
      };
    }
    return {
      line,
      message: `not JSON: ${messageOf(error)}`,
      remedy: 'Correct the line; if it is the last one, the file was cut off: fetch it again.',
    };
  }
}

function objectRow(value: unknown, line: number): RowOrBreak {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { line, values: Object.fromEntries(Object.entries(value)) };
  }
  return {
    line,
    message: 'not a JSON object',
    remedy: 'Write each problem as {"problem": ..., "answer": ...}.',
  };
}

/** An element of a JSON array as a row. */
export function elementRow(element: Element | RowOrBreak): RowOrBreak {
  return 'text' in element ? parseJsonRow(element.text, element.line) : element;
}

/** What a `.json` file holds, told from its beginning: an array, JSON lines, or an object around an array. */
export function jsonLayout(beginning: string): 'array' | 'lines' | 'object' {
  const text = beginning.trimStart();
  if (text.startsWith('[')) return 'array';
  const [first = ''] = text.split('\n', 1);
  return 'values' in parseJsonRow(first, 1) && text.length > first.length ? 'lines' : 'object';
}

function jsonRows(text: string): RowOrBreak[] {
  const layout = jsonLayout(text);
  if (layout === 'lines') return jsonlRows(text);
  if (layout === 'object') return wrappedRows(text);
  const splitter = createJsonArraySplitter();
  const rows = splitter.push(text).map(elementRow);
  const end = splitter.finish();
  return end === null ? rows : [...rows, end];
}

/** `{"data": [...]}`: the rows of the first array of objects; or a single problem. */
function wrappedRows(text: string): RowOrBreak[] {
  const row = parseJsonRow(text, 1);
  if (!('values' in row)) return [row];
  const key = Object.keys(row.values).find((name) => isObjectList(row.values[name]));
  if (key === undefined || 'problem' in row.values || 'question' in row.values) return [row];
  const start = text.indexOf('[', text.indexOf(`"${key}"`));
  const before = text.slice(0, start).split('\n').length - 1;
  const splitter = createJsonArraySplitter();
  return splitter
    .push(text.slice(start))
    .map((element) => elementRow({ ...element, line: element.line + before }));
}

function isObjectList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null;
}

/** Options for reading CSV, shared with the reading of streams. */
export const CSV_OPTIONS = {
  columns: true,
  bom: true,
  skip_empty_lines: true,
  relax_column_count: true,
  max_record_size: 4_000_000,
} as const;

function csvRows(text: string): RowOrBreak[] {
  const rows: RowOrBreak[] = [];
  try {
    parseCsv(text, {
      ...CSV_OPTIONS,
      on_record(record: Record<string, string>, { lines }) {
        rows.push({ line: lines, values: record });
        return null;
      },
    });
  } catch (error) {
    rows.push(csvBreak(error));
  }
  return rows;
}

/** A quote that is never closed swallows the rest of the file: the line says where. */
export function csvBreak(error: unknown): RowOrBreak {
  const known = error instanceof Error && 'lines' in error && typeof error.lines === 'number';
  return {
    line: known ? Number(error.lines) : 1,
    message: `not CSV: ${messageOf(error)}`,
    remedy: 'Correct the quoting there; the rows before it were read.',
  };
}
