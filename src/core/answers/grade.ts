import type { Grade } from '../schema/common.ts';
import type { AnswerMode } from '../schema/problem.ts';
import type { Outcome } from './compare/outcome.ts';
import { extractAnswer, readBareAnswer } from './extract/extract.ts';
import { MODES } from './modes/index.ts';
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
  const truncated = input.truncated === true;
  const found = extractAnswer(input.text, policy, input.mode);
  // A box that the limit cut in the middle holds the beginning of an answer at best.
  const cut = truncated && found.doubt.includes('unclosed-box') && found.span?.[1] === input.text.length;
  const answer = cut ? null : found.answer;
  const doubt: Doubt[] = truncated ? [...found.doubt, 'truncated'] : [...found.doubt];
  const result = compare(input.gold, answer, input.mode, policy);
  const reason = result.reason === 'no-answer' && truncated ? 'truncated' : result.reason;
  return { ...result, reason, doubt };
}

/** Compares a gold answer with a bare answer. */
export function compareAnswers(input: {
  gold: string | null;
  pred: string | null;
  mode?: AnswerMode;
  policy?: GradingPolicy;
}): GradeResult {
  const mode = input.mode ?? 'math';
  const policy = input.policy ?? defaultPolicy;
  const pred = input.pred === null ? null : readBareAnswer(input.pred, policy, mode);
  return compare(input.gold, pred, mode, policy);
}

/** An empty gold cannot be met or missed; an empty answer meets nothing. */
function compare(
  goldText: string | null,
  answerText: string | null,
  mode: AnswerMode,
  policy: GradingPolicy,
): GradeResult {
  const gold = goldText?.trim() ?? '';
  const answer = answerText?.trim() ?? '';
  const none = answer === '' ? null : answer;
  if (gold === '') return result('undetermined', none, 'no-gold', 'extract', { gold: null, answer: none });
  if (none === null) return result('incorrect', null, 'no-answer', 'extract', { gold, answer: null });
  const bareGold = mode === 'math' ? readBareAnswer(gold, policy) : gold;
  const verdict = MODES[mode].compare(bareGold, answer, policy);
  const reason = verdict.reason ?? (verdict.outcome === 'equal' ? 'equal' : 'differs');
  const forms = { gold: verdict.gold, answer: verdict.answer };
  return result(GRADES[verdict.outcome], answer, reason, verdict.layer, forms);
}

const GRADES: Readonly<Record<Outcome, Grade>> = {
  equal: 'correct',
  different: 'incorrect',
  unknown: 'undetermined',
};

function result(
  grade: Grade,
  answer: string | null,
  reason: string,
  layer: string,
  normalised: GradeResult['normalised'],
): GradeResult {
  return { grade, answer, reason, layer, normalised, doubt: [] };
}
