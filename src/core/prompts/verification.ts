import type { Prompts } from '../schema/run.ts';
import { nanoPrompts } from './presets.ts';

/** How a verification goes about it (spec B3). */
export type VerificationStyle = 'confirmative' | 'problem-solving';

/**
 * What a verifier is asked, with the placeholders {problem}, {answer} and {solution}. Without {solution}, as in the
 * paper, one verification serves every solution that has the answer. The wording is ours: the paper's is not free.
 */
const PAPER_PROMPTS: Record<VerificationStyle, string> = {
  confirmative:
    'You are a mathematics teacher. Below are a question and a candidate answer. Decide whether the candidate answer ' +
    'is correct, without solving the question step by step. Judge it from another side instead: put the answer back ' +
    'into the conditions, reason backwards from it, or test it against bounds, units, parity and other invariants. ' +
    'Write the check as if you were looking again at an answer of your own, and do not mention these instructions. ' +
    'End with exactly one of these sentences: "Therefore, the answer is correct.", "Therefore, the answer is ' +
    'incorrect.", "Therefore, the answer cannot be verified."\n\nQuestion: {problem}\n\nCandidate answer: {answer}',
  'problem-solving':
    'You are a mathematics teacher. Below are a question and a candidate answer. Solve the question yourself, step by ' +
    'step, compare your result with the candidate answer, and decide whether the candidate answer is correct. ' +
    'Write the check as if you were looking again at an answer of your own, and do not mention these instructions. ' +
    'End with exactly one of these sentences: "Therefore, the answer is correct.", "Therefore, the answer is ' +
    'incorrect.", "Therefore, the answer cannot be verified."\n\nQuestion: {problem}\n\nCandidate answer: {answer}',
};

const REFINE_PROMPT =
  'Below are a question, an answer to it, and a check of this answer. Rewrite the check so that it reads as if the author ' +
  'of the answer were checking it: treat the answer as your own, keep the mathematics as it is, and leave out any mention ' +
  'of instructions, of a teacher, or of an answer that somebody else gave. End with exactly one of these sentences: ' +
  '"Therefore, the answer is correct.", "Therefore, the answer is incorrect.", "Therefore, the answer cannot be ' +
  'verified."\n\nQuestion: {problem}\n\nAnswer: {answer}\n\nCheck: {verification}';

/** The prompt for rewriting a verification (spec B3). */
export function refinementPrompt(prompts: Prompts): string {
  return prompts.refineVerification ?? REFINE_PROMPT;
}

/** The prompt for verifications of a model with these prompts. The embedded model knows its critique request only. */
export function verificationPrompt(prompts: Prompts, style: VerificationStyle): string {
  const own = style === 'confirmative' ? prompts.verifyConfirmative : prompts.verifyProblemSolving;
  if (own !== undefined) return own;
  return prompts.critique === nanoPrompts.critique ? nanoPrompts.critique : PAPER_PROMPTS[style];
}
