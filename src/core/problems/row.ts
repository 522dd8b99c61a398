/** One row of a set, in whatever columns, becomes a `Problem`. */
import { MAX_NESTING, nestsDeeper } from '../nesting.ts';
import type { AnswerMode, Problem } from '../schema/problem.ts';
import { answerModeSchema } from '../schema/problem.ts';
import { type FieldMap, recogniseFields } from './fields.ts';
import { plainColumns, type Values } from './forms.ts';
import { type GoldCell, goldFromSolution, readGold } from './gold.ts';

/** What a row turned into: its problem, or why it cannot be used; notes are about rows that are kept. */
export interface RowReading {
  readonly problem: (Omit<Problem, 'id'> & { readonly id: string | null }) | null;
  readonly notes: readonly RowNote[];
}

export interface RowNote {
  readonly field: string | null;
  readonly message: string;
  readonly remedy: string;
}

export interface RowContext {
  readonly fields: FieldMap;
  readonly mode: AnswerMode | undefined;
  /** The set says that its answers are AIME answers. */
  readonly aimeSet: boolean;
  readonly shuffleSeed: number;
}

/** Reads one row. A problem without a gold answer is kept: it can be solved and critiqued, not graded. */
export function readRow(given: Values, context: RowContext): RowReading {
  const notes: RowNote[] = [];
  const row = withoutDeepCells(given, notes);
  // Who names the columns knows better than the forms.
  const mapped = Object.keys(context.fields).length > 0;
  const values = mapped ? row : plainColumns(row, context);
  const fields = recogniseFields(Object.keys(values), context.fields);
  for (const column of Object.values(context.fields)) {
    if (column in row) continue;
    notes.push({
      field: column,
      message: `the row has no column "${column}"; it has ${Object.keys(row).join(', ')}`,
      remedy: 'Correct the field mapping.',
    });
  }
  const statement = text(cell(values, fields.problem));
  if (statement === null) {
    const columns = Object.keys(row).join(', ') || 'none';
    notes.push({
      field: fields.problem ?? 'problem',
      message: `no statement: the columns are ${columns}`,
      remedy: 'Add a "problem" column with text, or map the column that holds the statement.',
    });
    return { problem: null, notes };
  }
  const options = readOptions(cell(values, fields.options));
  const gold = readRowGold(values, fields, options);
  if (gold.answer === null) {
    notes.push({
      field: fields.answer ?? 'answer',
      message: 'no gold answer: samples of this problem stay undetermined',
      remedy: 'Add the answer, or leave the problem out of evaluations.',
    });
  }
  const mode = context.mode ?? readMode(values, fields, options, { statement, answer: gold.answer, context });
  if (context.aimeSet && mode === 'math' && gold.answer !== null && context.mode === undefined) {
    notes.push({
      field: fields.answer ?? 'answer',
      message: `"${gold.answer}" is not an integer from 0 to 999, as an AIME answer is: graded in maths mode`,
      remedy: 'Check the answer against the source of the set.',
    });
  }
  const solution = readSolution(values, fields, gold);
  const level = readLevel(cell(values, fields.level));
  const subject = text(cell(values, fields.subject));
  const id = cell(values, fields.id);
  return {
    problem: {
      id: typeof id === 'number' || typeof id === 'bigint' ? String(id) : text(id),
      problem: statement,
      answer: gold.answer,
      mode,
      ...(solution === null ? {} : { solution }),
      ...(level === null ? {} : { level }),
      ...(subject === null ? {} : { subject }),
      ...(options === null ? {} : { options }),
    },
    notes,
  };
}

/** What is nested so deep that reading it would overflow the stack is no statement, answer or option. */
function withoutDeepCells(values: Values, notes: RowNote[]): Values {
  const deep = Object.keys(values).filter((column) => nestsDeeper(values[column]));
  if (deep.length === 0) return values;
  for (const field of deep) {
    notes.push({
      field,
      message: `lists or objects are nested more than ${MAX_NESTING} deep: read as empty`,
      remedy: 'Flatten the cell.',
    });
  }
  return { ...values, ...Object.fromEntries(deep.map((column) => [column, null])) };
}

function cell(values: Values, column: string | undefined): unknown {
  return column === undefined ? undefined : values[column];
}

/** Text of a cell, trimmed; null when there is none. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Options are trimmed: in MMLU-Pro a leading space marks the gold option (lm-evaluation-harness issue 3500). */
function readOptions(value: unknown): string[] | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const options = value.filter((option) => typeof option === 'string').map((option) => option.trim());
  return options.length === value.length ? options : null;
}

function readRowGold(values: Values, fields: FieldMap, options: readonly string[] | null): GoldCell {
  const answer = cell(values, fields.answer);
  // A Python literal or a sentence is the answer as it stands: dollars and boxes in it are its own.
  if (typeof answer === 'string' && /^(?:python|text)$/.test(String(cell(values, fields.mode)))) {
    return { answer: text(answer) };
  }
  const gold = readGold(answer);
  if (options !== null && gold.answer !== null) return { answer: optionLetter(gold.answer, options) };
  if (gold.answer !== null || fields.answer !== undefined) return gold;
  const solution = text(cell(values, fields.solution));
  return solution === null ? gold : { answer: goldFromSolution(solution), solution };
}

/** The letter of a gold option given as letter, as 0-based index, or as the option's own text. */
function optionLetter(gold: string, options: readonly string[]): string {
  if (/^\(?[A-J]\)?$/.test(gold)) return gold.replace(/[()]/g, '');
  const byText = options.indexOf(gold);
  const index = byText >= 0 ? byText : /^\d$/.test(gold) ? Number(gold) : -1;
  return index >= 0 && index < options.length ? String.fromCharCode(65 + index) : gold;
}

function readMode(
  values: Values,
  fields: FieldMap,
  options: readonly string[] | null,
  row: { readonly statement: string; readonly answer: string | null; readonly context: RowContext },
): AnswerMode {
  const { statement, answer, context } = row;
  const named = answerModeSchema.safeParse(cell(values, fields.mode));
  if (named.success) return named.data;
  if (options !== null) return 'choice';
  if (answer !== null && /^(?:true|false|uncertain|unknown|yes|no)$/i.test(answer)) return 'boolean';
  // Options that are written into the statement, as in Gaokao 2023.
  if (answer !== null && /^[A-J]$/.test(answer) && /\(A\).*\(B\)/s.test(statement)) return 'choice';
  if (context.aimeSet && answer !== null && /^\d{1,3}$/.test(answer)) return 'aime';
  return 'math';
}

function readSolution(values: Values, fields: FieldMap, gold: GoldCell): string | null {
  if (gold.solution !== undefined) return gold.solution;
  const value = cell(values, fields.solution);
  return text(Array.isArray(value) ? value[0] : value);
}

function readLevel(value: unknown): number | string | null {
  if (typeof value === 'number') return Number.isInteger(value) ? value : String(value);
  if (typeof value === 'bigint') return Number(value);
  const level = text(value);
  const digits = level === null ? null : /^(?:level\s*)?(\d{1,3})(?:\.0)?$/i.exec(level);
  return digits === null ? level : Number(digits[1]);
}
