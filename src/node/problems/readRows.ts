/** The rows of a problem file of any format, one at a time. */
import { Readable } from 'node:stream';
import { parse as csvParser } from 'csv-parse';
import { UserError } from '../../core/errors.ts';
import {
  CSV_OPTIONS,
  createJsonArraySplitter,
  csvBreak,
  elementRow,
  jsonLayout,
  type ProblemFormat,
  parseJsonRow,
  type RowOrBreak,
  splitRows,
} from '../../core/problems/index.ts';
import { readLines, readText } from './lines.ts';
import { readParquetRows } from './parquet.ts';

/** A broken row comes as a break with its line; what makes the whole file unreadable is thrown. */
export async function* readRows(
  file: string,
  format: ProblemFormat | 'parquet',
  signal?: AbortSignal,
): AsyncGenerator<RowOrBreak> {
  switch (format) {
    case 'jsonl':
      return yield* jsonLines(file, signal);
    case 'json':
      return yield* jsonFile(file, signal);
    case 'csv':
      return yield* csvFile(file, signal);
    case 'parquet':
      return yield* readParquetRows(file, signal);
    case 'markdown':
      return yield* splitRows(await wholeText(file, signal), 'markdown');
  }
}

async function* jsonLines(file: string, signal?: AbortSignal): AsyncGenerator<RowOrBreak> {
  for await (const { line, text, fault } of readLines(file, signal)) {
    if (text === null) {
      yield { line, message: fault ?? 'unreadable', remedy: 'Write one problem a line, as UTF-8.' };
    } else if (text.trim() !== '') yield parseJsonRow(text, line);
  }
}

/** An object around an array has to be held whole: larger ones are refused. */
const MAX_OBJECT = 64_000_000;

async function* jsonFile(file: string, signal?: AbortSignal): AsyncGenerator<RowOrBreak> {
  let beginning = '';
  for await (const piece of readText(file, signal)) {
    beginning += piece;
    if (beginning.length > 100_000) break;
  }
  const layout = jsonLayout(beginning);
  if (layout === 'lines') return yield* jsonLines(file, signal);
  if (layout === 'object') return yield* splitRows(await wholeText(file, signal), 'json');
  const splitter = createJsonArraySplitter();
  for await (const piece of readText(file, signal)) yield* splitter.push(piece).map(elementRow);
  const end = splitter.finish();
  if (end !== null) yield end;
}

async function wholeText(file: string, signal?: AbortSignal): Promise<string> {
  let text = '';
  for await (const piece of readText(file, signal)) {
    text += piece;
    if (text.length <= MAX_OBJECT) continue;
    throw new UserError('problem-file-too-large', 'the file is one JSON object of more than 64 MB', {
      place: { file },
      remedy: 'Write the problems as JSON lines, or as one array.',
    });
  }
  return text;
}

async function* csvFile(file: string, signal?: AbortSignal): AsyncGenerator<RowOrBreak> {
  const parser = csvParser({ ...CSV_OPTIONS, info: true });
  const source = Readable.from(readText(file, signal));
  source.once('error', (error) => parser.destroy(error));
  const records: AsyncIterable<CsvRecord> = source.pipe(parser);
  try {
    for await (const { record, info } of records) yield { line: info.lines, values: record };
  } catch (error) {
    if (signal?.aborted || error instanceof UserError) throw error;
    yield csvBreak(error);
  }
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  /** Lines read so far: the last line of a row whose cells hold line ends. */
  readonly info: { readonly lines: number };
}
