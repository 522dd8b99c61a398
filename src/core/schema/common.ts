import { z } from 'zod';

/** Version of the run directory's format. Readers accept this and older ones: see `upgrades.ts`. */
export const SCHEMA_VERSION = 2;

/** The grade of an answer. `undetermined`: the grader could not decide; never counted as wrong. */
export const gradeSchema = z.enum(['correct', 'incorrect', 'undetermined']);
export type Grade = z.infer<typeof gradeSchema>;

/** What a critique claims about the solution it read. */
export const verdictSchema = z.enum(['correct', 'incorrect', 'none']);
export type Verdict = z.infer<typeof verdictSchema>;

/** Graded answer before and after a critique or reflection (spec A4.2, A5): i = incorrect, c = correct. */
export const transitionSchema = z.enum(['c→c', 'i→c', 'c→i', 'i→i']);
export type Transition = z.infer<typeof transitionSchema>;

/** Why a generation ended. */
export const finishSchema = z.enum(['stop', 'length', 'abort', 'error']);
export type Finish = z.infer<typeof finishSchema>;

/** The four kinds of run. */
export const runKindSchema = z.enum(['evaluate', 'critique', 'sample', 'train']);
export type RunKind = z.infer<typeof runKindSchema>;

/** Half-open range [start, end) of UTF-16 code units in a text. */
export const spanSchema = z.tuple([z.int().min(0), z.int().min(0)]);
export type Span = z.infer<typeof spanSchema>;
