/** One row of a set, in whatever columns, becomes a `Problem`. */
import type { AnswerMode, Problem } from '../schema/problem.ts';
import { answerModeSchema } from '../schema/problem.ts';
import { type FieldMap, recogniseFields } from './fields.ts';
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
}

type Values = Readonly<Record<string, unknown>>;

/** Reads one row. A problem without a gold answer is kept: it can be solved and critiqued, not graded. */
export function readRow(values: Values, context: RowContext): RowReading {
  const notes: RowNote[] = [];
  const fields = recogniseFields(Object.keys(values), context.fields);
  for (const column of Object.values(context.fields)) {
    if (column in values) continue;
    notes.push({
      field: column,
      message: `the row has no column "${column}"; it has ${Object.keys(values).join(', ')}`,
      remedy: 'Correct the field mapping.',
    });
  }
  const statement = readStatement(values, fields);
  if (statement === null) {
    const columns = Object.keys(values).join(', ') || 'none';
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
  const mode = context.mode ?? readMode(values, fields, options, gold.answer, context.aimeSet);
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

function cell(values: Values, column: string | undefined): unknown {
  return column === undefined ? undefined : values[column];
}

/** Text of a cell, trimmed; null when there is none. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function readStatement(values: Values, fields: FieldMap): string | null {
  const premises = cell(values, fields.premises);
  const conclusion = text(cell(values, fields.conclusion));
  if (Array.isArray(premises) && conclusion !== null) return logicStatement(premises, conclusion);
  const code = text(cell(values, fields.code));
  const input = cell(values, fields.input);
  if (code !== null && typeof input === 'string') return codeStatement(code, input);
  return text(cell(values, fields.problem)) ?? chatStatement(cell(values, fields.problem));
}

/** FOLIO: premises and a conclusion to be judged. */
function logicStatement(premises: readonly unknown[], conclusion: string): string {
  const lines = premises.filter((premise) => typeof premise === 'string').map((premise) => premise.trim());
  return `Premises:\n${lines.join('\n')}\n\nConclusion: ${conclusion}\n\nGiven the premises, is the conclusion True, False or Uncertain?`;
}

/** CRUXEval, output prediction. */
function codeStatement(code: string, input: string): string {
  return `\`\`\`python\n${code}\n\`\`\`\n\nWhat does \`f(${input})\` return? Answer with a Python literal.`;
}

/** DAPO: the statement is the last user turn of a chat. */
function chatStatement(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const turns: unknown[] = value;
  const last = turns.findLast(
    (turn): turn is { content: string } =>
      typeof turn === 'object' && turn !== null && 'content' in turn && typeof turn.content === 'string',
  );
  return last === undefined ? null : text(last.content);
}

/** Options are trimmed: in MMLU-Pro a leading space marks the gold option (lm-evaluation-harness issue 3500). */
function readOptions(value: unknown): string[] | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const options = value.filter((option) => typeof option === 'string').map((option) => option.trim());
  return options.length === value.length ? options : null;
}

function readRowGold(values: Values, fields: FieldMap, options: readonly string[] | null): GoldCell {
  const output = cell(values, fields.output);
  if (fields.code !== undefined && fields.answer === undefined && typeof output === 'string') {
    return { answer: text(output) };
  }
  const gold = readGold(cell(values, fields.answer));
  if (options !== null && gold.answer !== null) return { answer: optionLetter(gold.answer, options) };
  if (gold.answer !== null) return gold;
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
  answer: string | null,
  aimeSet: boolean,
): AnswerMode {
  const named = answerModeSchema.safeParse(cell(values, fields.mode));
  if (named.success) return named.data;
  if (options !== null) return 'choice';
  if (fields.code !== undefined && fields.output !== undefined) return 'python';
  if (answer !== null && /^(?:true|false|uncertain|unknown|yes|no)$/i.test(answer)) return 'boolean';
  if (aimeSet && answer !== null && /^\d{1,3}$/.test(answer)) return 'aime';
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
