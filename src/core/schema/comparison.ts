/** What `reflection compare --json` prints and the Compare panel shows: every number is already computed. */
import { z } from 'zod';

export const intervalSchema = z.object({
  low: z.number(),
  high: z.number(),
  level: z.number(),
  standardError: z.number(),
  method: z.enum(['percentile', 'expanded', 'bca', 'exact']),
  draws: z.int(),
});

/** One metric on one run. `value` is `null` where it is not defined, and `reason` says why. */
export const estimateSchema = z.object({
  value: z.number().nullable(),
  numerator: z.number(),
  denominator: z.number(),
  problems: z.int(),
  reason: z.string().optional(),
  /** The denominator is under 20: do not quote the value. */
  isSmall: z.boolean(),
  interval: intervalSchema.nullable(),
  /** The value as shown, such as `41.2 %`. */
  text: z.string(),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const metricWordsSchema = z.object({
  id: z.string(),
  label: z.string(),
  better: z.enum(['higher', 'lower', 'none']),
  format: z.enum(['percent', 'number', 'tokens']),
  /** What the denominator counts. */
  per: z.string(),
});

/** Counts of critiques by transition. */
export const transitionCountsSchema = z.object({
  'c→c': z.int(),
  'i→c': z.int(),
  'c→i': z.int(),
  'i→i': z.int(),
});
export type TransitionCounts = z.infer<typeof transitionCountsSchema>;

/** The metrics of one run: what `evaluate` and `critique` print. */
export const runSummarySchema = z.object({
  label: z.string(),
  problems: z.int(),
  solutions: z.int(),
  critiques: z.int(),
  failed: z.int(),
  metrics: z.array(metricWordsSchema.extend({ estimate: estimateSchema })),
  /** The transition matrix of its critiques; `null` where there are none. */
  transitions: transitionCountsSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const differenceSchema = z.object({
  /** Other minus baseline. */
  difference: z.number().nullable(),
  interval: intervalSchema.nullable(),
  p: z.number().nullable(),
  /** Holm-adjusted over the secondary metrics; the headline metric is tested alone. */
  pAdjusted: z.number().nullable(),
  test: z.enum(['sign-flip exact', 'sign-flip', 'mcnemar exact']).nullable(),
  problems: z.int(),
  verdict: z.enum(['better', 'worse', 'cannot tell']),
  reasons: z.array(z.string()),
  sentence: z.string(),
  /** How many problems like these would tell in 4 of 5 repeats. */
  wouldTell: z.int().nullable(),
  /** How many samples of each of these problems would. */
  samplesWouldTell: z.int().nullable(),
  /** The smallest difference that would be seen in 4 of 5 repeats. */
  detectable: z.number().nullable(),
  /** The difference as shown, such as `+4.1 points`. */
  text: z.string(),
});

const armSchema = z.object({
  correct: z.int(),
  graded: z.int(),
  grades: z.array(z.enum(['correct', 'incorrect', 'undetermined'])),
});

export const comparisonSchema = z.object({
  schemaVersion: z.literal(1),
  baseline: z.string(),
  other: z.string(),
  problems: z.object({ baseline: z.int(), other: z.int(), shared: z.int() }),
  settings: z.object({ level: z.number(), draws: z.int(), permutations: z.int(), seed: z.int() }),
  metrics: z.array(
    metricWordsSchema.extend({
      isHeadline: z.boolean(),
      baseline: estimateSchema,
      other: estimateSchema,
      paired: differenceSchema,
    }),
  ),
  /** The headline metric's sentence. */
  verdict: z
    .object({ metric: z.string(), verdict: z.enum(['better', 'worse', 'cannot tell']), sentence: z.string() })
    .nullable(),
  transitions: z.object({ baseline: transitionCountsSchema, other: transitionCountsSchema }).nullable(),
  /** Problem by problem, worst regression first; `difference` of the shares of correct samples. */
  perProblem: z.array(
    z.object({
      problemId: z.string(),
      baseline: armSchema.nullable(),
      other: armSchema.nullable(),
      difference: z.number().nullable(),
    }),
  ),
});
export type Comparison = z.infer<typeof comparisonSchema>;
