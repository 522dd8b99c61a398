/**
 * The rows of a `.json` problem set, for completion and hover while they are typed. The reader takes more than this: other
 * usual names of columns, and other objects around the list.
 */
import { z } from 'zod';
import { answerModeSchema } from './problem.ts';

const rowSchema = z.looseObject({
  id: z
    .union([z.string(), z.int()])
    .optional()
    .describe('Name of the problem in runs and reviews; a number is given where there is none'),
  problem: z
    .string()
    .optional()
    .describe('The statement given to the model; "question" and "prompt" do as well'),
  answer: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])
    .optional()
    .describe('The gold answer, such as "42", "3/4", "\\\\frac{3}{4}" or the letter of a choice'),
  solution: z.string().optional().describe('Worked reference solution, which can be criticised'),
  level: z.union([z.int(), z.string()]).optional().describe('Difficulty: a number or a word'),
  subject: z.string().optional().describe('Such as algebra'),
  options: z
    .union([z.array(z.string()), z.record(z.string(), z.string())])
    .optional()
    .describe('Choices of a multiple-choice question'),
  mode: answerModeSchema
    .optional()
    .describe('How the answer is compared; found out from the row where it is absent'),
});

export const problemRowsSchema = z.union([
  z.array(rowSchema),
  z.looseObject({ problems: z.array(rowSchema).optional().describe('The problems') }),
]);
