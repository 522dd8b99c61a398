/** Grading of answers: extract, normalise, parse, structure, compare. Pure, and bounded by construction. */
export { type Box, findBoxes } from './extract/boxes.ts';
export { extractAnswer } from './extract/extract.ts';
export { compareAnswers, gradeAnswer } from './grade.ts';
export { defaultPolicy, GRADING_POLICIES, type GradingPolicy, gradingPolicySchema } from './policies.ts';
export {
  type Doubt,
  type ExtractedAnswer,
  type ExtractionMethod,
  GRADER_VERSION,
  type GradeResult,
} from './types.ts';
