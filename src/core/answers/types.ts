import type { Grade, Span } from '../schema/common.ts';

/** Version of the grader, recorded in every run: raise it when any grade could change. */
export const GRADER_VERSION = '1.0.0';

/** Why a grade should be looked at by a person although the grader decided. */
export type Doubt =
  /** Several boxes that disagree and are not joined by "and", "or" or commas. */
  | 'several-boxes'
  /** The text goes on after the last box and states another answer. */
  | 'changed-after-box'
  /** No box and no "final answer": the last formula or number was taken. */
  | 'lenient-extraction'
  /** The generation hit its token limit. */
  | 'truncated'
  /** The last box is never closed. */
  | 'unclosed-box'
  /** The answer stands only in the part before `</think>`. */
  | 'answer-in-thinking';

/** Where an answer was found. */
export type ExtractionMethod =
  | 'boxed'
  | 'final-answer'
  | 'whole-text'
  | 'formula'
  | 'number'
  | 'option'
  | 'none';

/** An answer taken out of a generation. */
export interface ExtractedAnswer {
  /** Null when there is none: an answer is never the empty string. */
  readonly answer: string | null;
  /** Range of the generation that holds it, boxes included. */
  readonly span: Span | null;
  readonly method: ExtractionMethod;
  readonly doubt: readonly Doubt[];
}

/** A grade with its evidence. */
export interface GradeResult {
  readonly grade: Grade;
  /** The answer as the model wrote it; null when none was found. */
  readonly answer: string | null;
  /** `equal`, `differs`, `no-answer`, `truncated`, `no-gold`, `out-of-range`, `unsupported`, `too-long`, `budget`, `timeout`. */
  readonly reason: string;
  /** The layer that decided: `extract`, `string`, `integer`, `rational`, `numeric`, `symbolic`, `set`, ... */
  readonly layer: string;
  /** Both sides as they were compared. */
  readonly normalised: { readonly gold: string | null; readonly answer: string | null };
  readonly doubt: readonly Doubt[];
}
