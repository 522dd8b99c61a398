/** The lines of a run directory's JSONL files: solutions, critiques, dropped candidates, reviews. */
import { z } from 'zod';
import { finishSchema, gradeSchema, spanSchema, transitionSchema, verdictSchema } from './common.ts';

/** Grade of an answer with the evidence: which layer decided, and why. */
const gradedSchema = z.object({
  answer: z.string().nullable(),
  grade: gradeSchema,
  /** Machine-readable reason, such as `equal`, `differs`, `no-answer`, `truncated`. */
  reason: z.string(),
  /** The grader's layer that decided: `integer`, `text`, `rational`, ... */
  layer: z.string(),
  /** Why a person should look at the grade, such as `several-boxes`; absent when there is no reason. */
  doubt: z.array(z.string()).optional(),
});

const generatedSchema = z.object({
  index: z.int().min(0),
  seed: z.int().min(0),
  text: z.string(),
  promptTokens: z.int().min(0),
  tokens: z.int().min(0),
  finish: finishSchema,
  /** Wall time of this sample in milliseconds. */
  ms: z.number().min(0),
  error: z.string().optional(),
});

/** What each token was drawn with; the end-of-turn token comes last where it was drawn and the engine tells it. */
export const tokenLogprobsSchema = z.object({
  /** Natural logarithms. */
  values: z.array(z.number()),
  /** Of the distribution drawn from, of the model's own at temperature 1, or of one of the two. */
  of: z.enum(['policy', 'model', 'unknown']),
  /** In the model's vocabulary. */
  ids: z.array(z.int().min(0)).optional(),
  /** Joined they are the text that was generated; the end-of-turn token has none. */
  texts: z.array(z.string()).optional(),
});

/** One finished sample. `id` is `<problemId>#<index>`, so that resuming is filling holes. */
export const solutionSchema = generatedSchema.extend({
  id: z.string().min(1),
  problemId: z.string().min(1),
  ...gradedSchema.shape,
  /** In runs for offline RL. */
  logprobs: tokenLogprobsSchema.optional(),
});
export type Solution = z.infer<typeof solutionSchema>;

/** What a critique says about one part of the solution. */
export const findingKindSchema = z.enum(['wrong-step', 'unsupported', 'superficial', 'confirmed', 'missed']);
export type FindingKind = z.infer<typeof findingKindSchema>;

export const findingSchema = z.object({
  /** Range in the solution's text; the whole solution when the place is not known. */
  span: spanSchema,
  kind: findingKindSchema,
  message: z.string(),
  /** 0..1: how sure the anchor is, not how right the claim is. */
  confidence: z.number().min(0).max(1),
  /** How the span was found: `step`, `quotation`, `equation`, `similarity`, `whole`. */
  anchor: z.enum(['step', 'quotation', 'equation', 'similarity', 'whole']),
});
export type Finding = z.infer<typeof findingSchema>;

/** One finished critique. `id` is `<solutionId>/<index>`. */
export const critiqueSchema = generatedSchema.extend({
  id: z.string().min(1),
  solutionId: z.string().min(1),
  problemId: z.string().min(1),
  ...gradedSchema.shape,
  verdict: verdictSchema,
  /** Grades of the solution and of the critique's own answer; null when either is undetermined. */
  transition: transitionSchema.nullable(),
  findings: z.array(findingSchema),
  /** S2R: id of the verification that this one rewrites as a self-check (spec B3). */
  refines: z.string().min(1).optional(),
});
export type Critique = z.infer<typeof critiqueSchema>;

/** A rejection-sampling candidate that was not kept, and the first filter that dropped it. */
export const droppedSchema = z.object({
  /** Id of the solution or critique that was dropped. */
  candidate: z.string().min(1),
  filter: z.string().min(1),
  detail: z.string(),
});
export type Dropped = z.infer<typeof droppedSchema>;

/** A person's decision on a critique, or on one finding of it. Undo is a later line with `undone`. */
export const reviewSchema = z.object({
  critiqueId: z.string().min(1),
  /** Index into the critique's findings; absent: the whole critique. */
  finding: z.int().min(0).optional(),
  decision: z.enum(['accept', 'reject', 'superficial', 'edited', 'undone']),
  comment: z.string().optional(),
  /** With `edited`: the critique as the person left it. Datasets take this text, and grade it anew. */
  text: z.string().optional(),
  by: z.string(),
  /** ISO 8601; the same for everything that was decided at once. */
  at: z.iso.datetime({ offset: true }),
  /** This line takes back what the same person decided then: its `at`. */
  undoes: z.iso.datetime({ offset: true }).optional(),
});
export type Review = z.infer<typeof reviewSchema>;
