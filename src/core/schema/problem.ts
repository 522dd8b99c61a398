import { z } from 'zod';

/** How an answer is read and compared. */
export const answerModeSchema = z.enum(['math', 'aime', 'choice', 'boolean', 'python', 'text']);
export type AnswerMode = z.infer<typeof answerModeSchema>;

/** One problem, as the workbench holds it after a file's own field names were recognised. */
export const problemSchema = z.object({
  id: z.string().min(1),
  /** The statement given to the model. */
  problem: z.string().min(1),
  /** The gold answer as written in the set; null when the set has none. */
  answer: z.string().nullable(),
  mode: answerModeSchema.default('math'),
  /** Worked reference solution. */
  solution: z.string().optional(),
  level: z.union([z.int(), z.string()]).optional(),
  subject: z.string().optional(),
  options: z.array(z.string()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
