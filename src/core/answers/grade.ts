import type { AnswerMode } from '../schema/problem.ts';
import { extractAnswer } from './extract.ts';
import { compareByMode } from './modes.ts';
import { defaultPolicy, type GradingPolicy } from './policies.ts';
import type { Doubt, GradeResult } from './types.ts';

/** Grades a model's whole generation against a gold answer. */
export function gradeAnswer(input: {
  text: string;
  gold: string | null;
  mode: AnswerMode;
  policy?: GradingPolicy;
  /** The generation hit its token limit. */
  truncated?: boolean;
}): GradeResult {
  const policy = input.policy ?? defaultPolicy;
  const found = extractAnswer(input.text, policy);
  const doubt: Doubt[] = [...found.doubt];
  if (input.truncated === true) doubt.push('truncated');
  const result = compareAnswers({ gold: input.gold, pred: found.answer, mode: input.mode, policy });
  const reason = result.reason === 'no-answer' && input.truncated === true ? 'truncated' : result.reason;
  return { ...result, reason, doubt };
}

/** Compares a gold answer with a bare answer. */
export function compareAnswers(input: {
  gold: string | null;
  pred: string | null;
  mode?: AnswerMode;
  policy?: GradingPolicy;
}): GradeResult {
  const { gold, pred } = input;
  const answer = pred === null || pred.trim() === '' ? null : pred.trim();
  if (gold === null || gold.trim() === '') return verdict('undetermined', answer, 'no-gold', 'extract', null);
  if (answer === null) return verdict('incorrect', null, 'no-answer', 'extract', gold.trim());
  return compareByMode(gold.trim(), answer, input.mode ?? 'math', input.policy ?? defaultPolicy);
}

function verdict(
  grade: GradeResult['grade'],
  answer: string | null,
  reason: string,
  layer: string,
  gold: string | null,
): GradeResult {
  return { grade, answer, reason, layer, normalised: { gold, answer }, doubt: [] };
}
