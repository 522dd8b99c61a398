/** `judge-<name>.json` of a run: what an LLM judge makes of its traces (spec A4.1), and how far the rule score agrees. */
import { z } from 'zod';
import { modelIdentitySchema, samplingSchema } from './run.ts';

export const judgementSchema = z.object({
  score: z.int().min(0).max(10),
  analysis: z.string(),
  moments: z.array(z.string()),
});

export const judgedTraceSchema = judgementSchema.extend({
  solutionId: z.string(),
  problemId: z.string(),
  /** The judge's answer could not be read twice: the score is the middle one, and counts nowhere. */
  isFallback: z.boolean(),
  /** The rule score of the same trace (spec A4.2); null where it has none. */
  rule: z.number().nullable(),
});
export type JudgedRow = z.infer<typeof judgedTraceSchema>;

export const judgeReportSchema = z.object({
  schemaVersion: z.literal(1),
  createdAt: z.string(),
  judge: modelIdentitySchema,
  promptVersion: z.int(),
  sampling: samplingSchema,
  goldShown: z.boolean(),
  rows: z.array(judgedTraceSchema),
  /** Finished traces without any reflection: there is nothing to judge (spec A4.2). */
  withoutReflection: z.int(),
  fallbacks: z.int(),
  agreement: z.object({
    pairs: z.int(),
    meanJudge: z.number().nullable(),
    meanRule: z.number().nullable(),
    spearman: z.number().nullable(),
    p1Agreement: z.number().nullable(),
    p1Kappa: z.number().nullable(),
    p1Judge: z.int(),
    p1Rule: z.int(),
  }),
  /** Of the judgements in this file; cached ones cost nothing again. */
  cost: z.object({
    requests: z.int(),
    cached: z.int(),
    promptTokens: z.int(),
    completionTokens: z.int(),
    /** In the currency of the prices; null when none were given. */
    amount: z.number().nullable(),
  }),
});
export type JudgeReport = z.infer<typeof judgeReportSchema>;
