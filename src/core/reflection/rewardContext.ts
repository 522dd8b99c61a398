import type { Grade } from '../schema/common.ts';
import { candidateAnswers } from './candidates.ts';
import { formulasOf } from './squeeze.ts';
import type { Action, Trajectory } from './trajectory.ts';

/** An action of a trajectory with its reward of spec B6.1. */
export interface RewardedAction {
  readonly action: Action;
  /** The answer of a solve, or the one that a verification judges. */
  readonly answer: string | null;
  /** Grade of that answer. A solve without an answer is incorrect; `undetermined` earns no reward. */
  readonly grade: Grade;
  /** +1 or −1: a right solve, a verification that agrees with the truth; `null` where the grade is undetermined. */
  readonly reward: 1 | -1 | null;
  /** Rewards of the earlier actions, such as `R+V+`; `?` for one that is undetermined (spec B5.6). */
  readonly context: string;
}

export interface RewardOptions {
  readonly grade: (answer: string) => Grade;
  /** Strict as in spec B5.3: only a box is an answer. Otherwise "the answer is 57" is one, too. */
  readonly boxedOnly?: boolean;
}

/** Rewards and reward contexts of the actions of a trajectory (spec B5, B6). */
export function rewardActions(
  { actions }: Trajectory,
  { grade, boxedOnly = true }: RewardOptions,
): RewardedAction[] {
  const rewarded: RewardedAction[] = [];
  let answer: string | null = null;
  let truth: Grade = 'incorrect';
  let context = '';
  for (const action of actions) {
    if (action.type === 'solve') {
      answer = answerOf(action.text, boxedOnly);
      truth = answer === null ? 'incorrect' : grade(answer);
    }
    const isRight = action.type === 'solve' ? truth === 'correct' : action.verdict === truth;
    const reward = truth === 'undetermined' ? null : isRight ? 1 : -1;
    rewarded.push({ action, answer, grade: truth, reward, context });
    context += contextLetter(action.type, reward);
  }
  return rewarded;
}

/** The context after the last action: the whole trajectory as one word, such as `R-V+R+V+`. */
export function rewardWord(rewarded: readonly RewardedAction[]): string {
  return rewarded.map(({ action, reward }) => contextLetter(action.type, reward)).join('');
}

function contextLetter(type: Action['type'], reward: 1 | -1 | null): string {
  const sign = reward === null ? '?' : reward > 0 ? '+' : '-';
  return `${type === 'solve' ? 'R' : 'V'}${sign}`;
}

function answerOf(text: string, boxedOnly: boolean): string | null {
  const candidates = candidateAnswers(text);
  const boxed = candidates.filter(
    (candidate) =>
      text.startsWith('\\', candidate.span[0]) && /^\\f?boxed/.test(text.slice(candidate.span[0])),
  );
  return (boxedOnly ? boxed : candidates).at(-1)?.answer ?? null;
}

/**
 * How a verification goes about it (spec B3, B8): `confirmative` judges the candidate from another side and so uses it,
 * `problem-solving` derives the unknown again without it. Our rule: whether a formula or a substitution uses the
 * candidate before the verdict. `none`: nothing is computed.
 */
export function verificationStyle(
  verification: string,
  candidate: string,
): 'confirmative' | 'problem-solving' | 'none' {
  const body = verification.replace(/Therefore, the answer[^\n]*$/, '');
  const formulas = formulasOf(body);
  if (formulas.length === 0) return SUBSTITUTION.test(body) ? 'confirmative' : 'none';
  const value = candidate.replace(/[\s$\\{}]/g, '').toLowerCase();
  const isOperand = (formula: string) =>
    sidesBeforeResult(formula).some((side) => tokensOf(side).includes(value));
  return SUBSTITUTION.test(body) || formulas.some(isOperand) ? 'confirmative' : 'problem-solving';
}

const SUBSTITUTION =
  /\b(?:substitut\w+|plug(?:ging)?|put(?:ting)? (?:it|this|the (?:answer|value))|work(?:ing)? backwards?|revers\w+|satisf\w+|consistent with|invariant)\b/i;

/** A formula without the last side of its equations: what was put in, not what came out. */
function sidesBeforeResult(formula: string): string[] {
  const sides = formula.split(/[=≈<>≤≥]/);
  return sides.length > 1 ? sides.slice(0, -1) : sides;
}

function tokensOf(side: string): string[] {
  return side.match(/\d+(?:\.\d+)?(?:\/\d+)?|\p{L}+/gu) ?? [];
}
