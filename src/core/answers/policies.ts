/** Grading policies: every convention on which graders differ, as data, written into each run. */
import { z } from 'zod';

export const gradingPolicySchema = z.object({
  name: z.string().min(1),
  /** How far down the ladder an answer is looked for: a box; "final answer is"; the last formula or number. */
  extraction: z.enum(['boxed', 'final-answer', 'lenient']),
  /** `linked`: boxes joined by "and", "or" or commas are one answer of several parts. `last`: only the last box. */
  boxes: z.enum(['linked', 'last']),
  /** `sign`: 50 % equals 50 and 0.5 when one side has a percent sign. `scale`: 0.75 equals 75. `value`: 50 % is 0.5 only. */
  percent: z.enum(['sign', 'scale', 'value']),
  /** `lenient`: units count only when both sides have different ones. `strict`: they must be the same. */
  units: z.enum(['lenient', 'strict']),
  /** Order of a bare list such as `1, 2`. Sets never have an order. */
  listOrder: z.enum(['ignore', 'keep']),
  /** Order inside `(1, 2)`. */
  tupleOrder: z.enum(['keep', 'ignore']),
  /** `equal`: 2/4 is 1/2. `reduced`: a fraction must be in lowest terms. */
  fractions: z.enum(['equal', 'reduced']),
  /** Significant digits to which a decimal equals an exact value. */
  decimalDigits: z.int().min(1).max(15),
  /** `gold`: only a gold written as a decimal may be approximated. `either`: a decimal on either side. */
  decimals: z.enum(['gold', 'either']),
  /** Absolute tolerances; one value of the list suffices. Empty: none. */
  absoluteTolerance: z.array(z.number().min(0)),
  /** `thousands`: 1,234 has a thousands comma. `locale`: a comma or a space may be either kind of separator. */
  separators: z.enum(['thousands', 'locale']),
  /** `x = 5` equals `5`. `keep`: it does not. */
  assignments: z.enum(['strip', 'keep']),
  /** `-1 < x < 2` equals `(-1, 2)`. `keep`: it does not. */
  intervals: z.enum(['as-relations', 'keep']),
  /** `f(x)=x` equals `f(y)=y`. `keep`: it does not. */
  variableNames: z.enum(['keep', 'rename']),
  /** What a bare `\log` means. */
  logarithm: z.enum(['ten', 'natural', 'either']),
});
/** Every convention on which graders differ. */
export type GradingPolicy = z.infer<typeof gradingPolicySchema>;

/** The conventions of `grader.md`: what the published evaluations agree on, without lenient extraction. */
export const defaultPolicy: GradingPolicy = {
  name: 'default',
  extraction: 'final-answer',
  boxes: 'linked',
  percent: 'sign',
  units: 'lenient',
  listOrder: 'ignore',
  tupleOrder: 'keep',
  fractions: 'equal',
  decimalDigits: 6,
  decimals: 'gold',
  absoluteTolerance: [],
  separators: 'thousands',
  assignments: 'strip',
  intervals: 'as-relations',
  variableNames: 'keep',
  logarithm: 'ten',
};

/** The named presets. A run records the name and, when it is not a preset, the whole policy. */
export const GRADING_POLICIES: Readonly<Record<string, GradingPolicy>> = {
  default: defaultPolicy,
  /** Only a box counts, and only the last one. */
  boxed: { ...defaultPolicy, name: 'boxed', extraction: 'boxed', boxes: 'last' },
  /** The last formula or number counts when nothing better is found. */
  lenient: { ...defaultPolicy, name: 'lenient', extraction: 'lenient', decimals: 'either' },
};
