/**
 * A results file: what another program wrote about a model's answers, one sample a row, or one problem a row with lists.
 * It can be an arm of a comparison without being made a run.
 */
import { UserError } from '../errors.ts';
import type { Unrecorded } from '../metrics/index.ts';
import { MAX_NESTING, nestsDeeper } from '../nesting.ts';
import { fileStem, type RowOrBreak } from '../problems/index.ts';
import type { Finish, Grade } from '../schema/common.ts';
import { answerModeSchema, type Problem } from '../schema/problem.ts';
import { readAnswer, readCount, readFinish, readGrade } from './cells.ts';
import { type ResultColumns, type ResultRole, resultColumns } from './columns.ts';

/** One sample as the file has it. What the file does not say is null. */
export interface ResultSample {
  /** From 1. */
  readonly line: number;
  readonly problemId: string;
  readonly index: number;
  readonly answer: string | null;
  /** Given by the file; null: to be graded against the gold answer. */
  readonly grade: Grade | null;
  readonly text: string | null;
  readonly tokens: number | null;
  readonly finish: Finish | null;
}

export interface Results {
  readonly file: string;
  readonly samples: readonly ResultSample[];
  /** What the rows say about their problems: gold answers and statements where they are there. */
  readonly problems: readonly Problem[];
  /** What no metric may read, because some sample lacks it. */
  readonly lacks: ReadonlySet<Unrecorded>;
}

const REMEDY =
  'Write each row as {"problemId": "aime-1", "answer": "25"} or {"problemId": "aime-1", "correct": true}; "sample", "gold" and "text" are optional.';

/** Takes in the rows of a file in their order. A row that cannot be used is thrown as a `UserError` with its place. */
export function createResultsReader(file: string): { add(row: RowOrBreak): void; finish(): Results } {
  const samples: ResultSample[] = [];
  const problems = new Map<string, { problem: Problem; line: number }>();
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  const lacks = new Set<Unrecorded>();

  const addSample = (row: ResultRow, at: number | null): void => {
    const { problemId, line } = row;
    const next = counts.get(problemId) ?? 0;
    const index = (at === null ? row.sampleNumber() : null) ?? next;
    counts.set(problemId, Math.max(next, index) + 1);
    const earlier = lines.get(`${problemId}#${index}`);
    if (earlier !== undefined) {
      const message = `sample ${index} of problem "${problemId}" was already in line ${earlier}`;
      throw row.fault('sample', message, 'Number the samples of a problem, or leave the number out.');
    }
    lines.set(`${problemId}#${index}`, line);
    const sample = row.sample(index, at);
    if (sample.text === null) lacks.add('text');
    if (sample.tokens === null) lacks.add('tokens');
    if (sample.finish === null) lacks.add('finish');
    // Of a sample that the file has graded no answer is looked for in its text.
    const isGiven = row.hasAnswers && sample.text !== null;
    if (sample.grade !== null && sample.answer === null && !isGiven) lacks.add('answer');
    samples.push(sample);
  };

  return {
    add(given) {
      const row = readRow(file, given);
      const known = problems.get(row.problemId);
      const problem = row.problem();
      const other = known?.problem.answer ?? null;
      if (other !== null && problem.answer !== null && other !== problem.answer) {
        const message = `the gold answer of "${row.problemId}" is "${problem.answer}" here and "${other}" in line ${known?.line}`;
        throw row.fault('gold', message, 'Give each problem one gold answer.');
      }
      if (known === undefined || (other === null && problem.answer !== null)) {
        problems.set(row.problemId, { problem, line: row.line });
      }
      const length = row.listLength();
      if (length === null) addSample(row, null);
      else for (let at = 0; at < length; at += 1) addSample(row, at);
    },
    finish() {
      if (samples.length === 0) {
        throw new UserError('no-results', 'the file holds no row', { place: { file }, remedy: REMEDY });
      }
      return { file, samples, problems: [...problems.values()].map(({ problem }) => problem), lacks };
    },
  };
}

interface ResultRow {
  readonly problemId: string;
  readonly line: number;
  /** There is a column for answers: an empty one says that the model gave none. */
  readonly hasAnswers: boolean;
  problem(): Problem;
  /** Of a row with one problem and lists of samples; null for one sample. */
  listLength(): number | null;
  sampleNumber(): number | null;
  sample(index: number, at: number | null): ResultSample;
  fault(role: ResultRole, message: string, remedy?: string): UserError;
}

/** Cells that may hold a list, one entry for each sample of the problem. */
const LISTS = ['answer', 'grade', 'text', 'tokens', 'finish'] as const satisfies ResultRole[];

function readRow(file: string, row: RowOrBreak): ResultRow {
  const { line } = row;
  if ('message' in row)
    throw new UserError('bad-results', row.message, { place: { file, line }, remedy: REMEDY });
  const { values } = row;
  const columns = resultColumns(Object.keys(values));
  const cell = (role: ResultRole): unknown => {
    const column = columns[role];
    return column === undefined ? undefined : values[column];
  };
  const fault = faultsOf(file, line, columns);
  if (nestsDeeper(values)) throw fault('answer', `lists or objects are nested more than ${MAX_NESTING} deep`);
  const problemId = idOf(cell('problemId'));
  if (problemId === null) {
    throw fault('problemId', `no problem id: the columns are ${Object.keys(values).join(', ') || 'none'}`);
  }
  const entry = (role: (typeof LISTS)[number], at: number | null): unknown => {
    const value = cell(role);
    return at !== null && Array.isArray(value) ? value[at] : value;
  };
  return {
    problemId,
    line,
    hasAnswers: columns.answer !== undefined,
    fault,
    problem: () => problemOf(problemId, cell),
    listLength: () => listLength(cell, fault),
    sampleNumber: () => {
      const given = cell('sample');
      if (given === undefined || given === null || given === '') return null;
      const number = readCount(given);
      if (number === undefined) throw fault('sample', `${shown(given)} is no number of a sample`);
      return number;
    },
    sample: (index, at) => {
      const text = entry('text', at);
      const sample = {
        line,
        problemId,
        index,
        answer: answerOf(entry('answer', at), fault),
        grade: gradeOf(entry('grade', at), fault),
        text: typeof text === 'string' ? text : null,
        tokens: readCount(entry('tokens', at)) ?? null,
        finish: readFinish(entry('finish', at)),
      };
      if (columns.answer === undefined && sample.grade === null && sample.text === null) {
        throw fault('answer', 'neither an answer nor whether it is correct');
      }
      return sample;
    },
  };
}

type Fault = ResultRow['fault'];

function faultsOf(file: string, line: number, columns: ResultColumns): Fault {
  return (role, message, remedy = REMEDY) =>
    new UserError('bad-results', message, { place: { file, line, field: columns[role] ?? role }, remedy });
}

function listLength(cell: (role: ResultRole) => unknown, fault: Fault): number | null {
  let length: number | null = null;
  for (const role of LISTS) {
    const value = cell(role);
    if (!Array.isArray(value)) continue;
    if (length !== null && value.length !== length) {
      throw fault(
        role,
        `${value.length} entries, where another column has ${length}`,
        'Give each sample one entry.',
      );
    }
    length = value.length;
  }
  return length;
}

function answerOf(cell: unknown, fault: Fault): string | null {
  const answer = readAnswer(cell);
  if (answer === undefined) throw fault('answer', `${shown(cell)} is no answer`);
  return answer;
}

function gradeOf(cell: unknown, fault: Fault): Grade | null {
  // An empty cell of a CSV file says nothing.
  if (cell === undefined || cell === null || cell === '') return null;
  const grade = readGrade(cell);
  if (grade !== undefined) return grade;
  throw fault('grade', `${shown(cell)} says neither right nor wrong`, 'Write true or false, or 1 or 0.');
}

function idOf(cell: unknown): string | null {
  if (typeof cell === 'number' || typeof cell === 'bigint') return String(cell);
  return typeof cell === 'string' && cell.trim() !== '' ? cell.trim() : null;
}

function problemOf(id: string, cell: (role: ResultRole) => unknown): Problem {
  const [statement, level, subject] = [cell('statement'), cell('level'), cell('subject')];
  const mode = answerModeSchema.safeParse(cell('mode'));
  const isLevel = (value: unknown): value is string | number =>
    typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
  return {
    id,
    problem: typeof statement === 'string' ? statement : '',
    answer: readAnswer(cell('gold')) ?? null,
    mode: mode.success ? mode.data : 'math',
    ...(isLevel(level) ? { level } : {}),
    ...(typeof subject === 'string' ? { subject } : {}),
  };
}

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** What a results file is called where runs have a title. */
export function resultsTitle(file: string): string {
  return fileStem(file);
}
