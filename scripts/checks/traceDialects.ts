/** Tells a planned trace in the ways in which models write: the embedded model, S2R, R1-like prose, options. */
import { type Random, seededRandom } from '../../src/core/stats/random.ts';

export const DIALECTS = ['nano', 's2r', 'prose', 'prose-boxed', 'latex', 'no-tags'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface PlannedReflection {
  readonly verdict: 'correct' | 'incorrect' | null;
  readonly answer: number;
  /** The answer is written again; always when it changed. */
  readonly isRestated: boolean;
}

export interface TracePlan {
  readonly dialect: Dialect;
  readonly gold: number;
  readonly first: number;
  readonly reflections: readonly PlannedReflection[];
  readonly seed: number;
}

export function tell(plan: TracePlan): string {
  const random = seededRandom(plan.seed);
  const last = plan.reflections.at(-1)?.answer ?? plan.first;
  switch (plan.dialect) {
    case 'nano':
      return `<think>\n${tellNano(plan, random)}\n</think>\n\\boxed{${last}}`;
    case 's2r':
      return tellS2r(plan, random);
    case 'latex':
      return `<think>\n${tellProse(plan, random, latexAnswer)}\n</think>\n\nThe result is\n\\[\n\\boxed{${last}}\n\\]`;
    case 'prose':
      return `<think>\n${tellProse(plan, random, plainAnswer)}\n</think>\n\n**Answer:** \\boxed{${last}}`;
    case 'prose-boxed':
      return `<think>\n${tellProse(plan, random, boxedAnswer)}\n</think>\n\n\\boxed{${last}}`;
    case 'no-tags':
      return `${tellProse(plan, random, plainAnswer)}\n\nSo, in the end: \\boxed{${last}}`;
    default:
      throw plan.dialect satisfies never;
  }
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

function sum(answer: number, random: Random): string {
  const part = 1 + random.below(Math.max(1, answer - 1));
  return `${part}+${answer - part}=${answer}`;
}

function tellNano(plan: TracePlan, random: Random): string {
  const steps = (answer: number) => `Step 1: ${sum(answer, random)}.\nThe answer is ${answer}.`;
  let text = steps(plan.first);
  for (const { verdict, answer, isRestated } of plan.reflections) {
    text += '\nWait, let me recheck my solution.\n';
    text += `Check 1: ${sum(answer, random)}, the solution has ${answer}. ${verdict === 'incorrect' ? 'Wrong' : 'Right'}.`;
    if (verdict !== null) text += `\nTherefore, the answer is ${verdict}.`;
    if (isRestated) text += `${verdict === 'incorrect' ? ' ' : '\n'}Let me try again.\n${steps(answer)}`;
  }
  return text;
}

function tellS2r(plan: TracePlan, random: Random): string {
  const solve = (answer: number) =>
    `We add the parts: $${sum(answer, random)}$.\n\nThe total is \\boxed{${answer}}.`;
  let text = solve(plan.first);
  for (const { verdict, answer, isRestated } of plan.reflections) {
    text += `\n\nWait, let me recheck my solution.\n\nUsing another way, $${sum(answer, random)}$.`;
    if (verdict !== null) text += ` Therefore, the answer is ${verdict}.`;
    if (isRestated) text += `\n\nLet me try again.\n\n${solve(answer)}`;
  }
  return text;
}

const plainAnswer = (answer: number) => `So the answer is ${answer}.`;
const boxedAnswer = (answer: number) => `That gives \\boxed{${answer}}.`;
const latexAnswer = (answer: number) => `Hence the final answer is \\(${answer}\\).`;

const CUES = [
  'Wait, let me go through that once more.',
  'Hold on.',
  'Let me double-check this.',
  'Hmm, wait.',
  'Let me verify.',
  'I should reconsider my work.',
];
const RIGHT = [
  'So the answer is correct.',
  "That's right.",
  'My answer was indeed correct.',
  'This checks out.',
  'The previous result is right.',
];
const WRONG = [
  'So the answer is incorrect.',
  "That's not right.",
  'I made a mistake.',
  'The previous answer is wrong.',
  'So my earlier result was not correct.',
];

function tellProse(plan: TracePlan, random: Random, say: (answer: number) => string): string {
  let text = `First I add the parts: ${sum(plan.first, random)}. ${say(plan.first)}`;
  for (const { verdict, answer, isRestated } of plan.reflections) {
    text += `\n\n${pick(random, CUES)} I get ${sum(answer, random)}.`;
    if (verdict === 'correct') text += ` ${pick(random, RIGHT)}`;
    if (verdict === 'incorrect') text += ` ${pick(random, WRONG)}`;
    if (isRestated) text += ` ${say(answer)}`;
  }
  return text;
}
