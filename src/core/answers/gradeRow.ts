import { z } from 'zod';
import { answerModeSchema } from '../schema/problem.ts';
import { GRADING_POLICIES, type GradingPolicy, gradingPolicySchema } from './policies.ts';

const answerCell = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((value) => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null ? null : String(value);
});

/** A row of `reflection grade FILE`. Other columns are kept as they are. */
export const gradeRowSchema = z.looseObject({
  gold: answerCell,
  /** A bare answer, or a text with its answer in a box. */
  pred: answerCell.optional(),
  /** Instead of `pred`: a whole generation, from which the answer is extracted. */
  text: z.string().optional(),
  mode: answerModeSchema.optional(),
  /** Name of a policy, or the settings that differ from the default one. */
  policy: z.union([z.string(), gradingPolicySchema.partial()]).optional(),
});
export type GradeRow = z.infer<typeof gradeRowSchema>;

/** The policy that a row or an option names; null when there is none of that name. */
export function findPolicy(policy: GradeRow['policy'], fallback: GradingPolicy): GradingPolicy | null {
  if (policy === undefined) return fallback;
  if (typeof policy === 'string') return GRADING_POLICIES[policy] ?? null;
  const given = Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
  return gradingPolicySchema.parse({ ...fallback, name: 'custom', ...given });
}
