/** Splits the text of a set into rows with their line numbers; a broken row does not take the others with it. */
import { parse as parseCsv } from 'csv-parse/browser/esm/sync';
import { messageOf } from '../errors.ts';
import { documentRow } from './document.ts';
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
      message: `not a JSON object: ${messageOf(error)}`,
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

/** An array of objects, JSON lines under a `.json` name, or an object with one array in it. */
function jsonRows(text: string): RowOrBreak[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.trimStart().startsWith('{')) return jsonlRows(text);
    return [
      { line: 1, message: `not JSON: ${messageOf(error)}`, remedy: 'Correct the file, or fetch it again.' },
    ];
  }
  if (Array.isArray(value)) return value.map((entry) => objectRow(entry, 1));
  if (typeof value === 'object' && value !== null) {
    const list = Object.values(value).find((entry) => Array.isArray(entry));
    if (Array.isArray(list)) return list.map((entry) => objectRow(entry, 1));
  }
  return [objectRow(value, 1)];
}

function csvRows(text: string): RowOrBreak[] {
  try {
    const rows: { record: Record<string, string>; info: { lines: number } }[] = parseCsv(text, {
      columns: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
    });
    return rows.map(({ record, info }) => ({ line: info.lines, values: record }));
  } catch (error) {
    return [
      { line: 1, message: `not CSV: ${messageOf(error)}`, remedy: 'Correct the quoting of that line.' },
    ];
  }
}
