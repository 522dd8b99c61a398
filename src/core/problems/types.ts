import type { AnswerMode, Problem } from '../schema/problem.ts';

/** The formats of a problem set. `markdown` is a problem document, `*.problem.md`. */
export type ProblemFormat = 'jsonl' | 'json' | 'csv' | 'markdown';

/** What a column of a set can mean to the workbench. */
export type FieldRole = 'problem' | 'answer' | 'solution' | 'id' | 'level' | 'subject' | 'options' | 'mode';

/** Something wrong with a row. No row is dropped without one. */
export interface ProblemFault {
  readonly file: string;
  /** From 1; null when the whole file is meant. */
  readonly line: number | null;
  readonly field: string | null;
  /** `error`: the row is not usable and left out. `warning`: the row is kept. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** One imperative sentence: the next action. */
  readonly remedy: string;
}

export interface ParseProblemsOptions {
  /** Name shown in faults; its stem names rows without an id, and `aime` in it turns on AIME mode. */
  readonly file: string;
  readonly format: ProblemFormat;
  /** Columns named by the user; the others are recognised by name. */
  readonly fields?: Partial<Record<FieldRole, string>>;
  /** Overrides the mode recognised from the row. */
  readonly mode?: AnswerMode;
  /** Of the run: decides the order of options where a set leaves it open (GPQA). */
  readonly shuffleSeed?: number;
}

export interface ParsedProblems {
  readonly problems: Problem[];
  readonly faults: ProblemFault[];
}

/** One row of a set before its columns are understood. */
export interface RawRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}
