/** One rollout of offline RL (spec B7): rewards of its actions, where it is cut, and which tokens are whose. */
import { parseTrajectory, type RewardedAction, rewardActions } from '../reflection/index.ts';
import type { Grade } from '../schema/common.ts';
import type { OfflineRecord, RolloutAction } from '../schema/dataset.ts';
import type { Solution } from '../schema/lines.ts';

export type Rollout = Pick<
  OfflineRecord,
  'answer' | 'rawText' | 'isTruncated' | 'ended' | 'actions' | 'outcome' | 'tokens'
>;

export type RolloutFault = 'undetermined' | 'malformed' | 'unfinished' | 'too-many-actions' | 'misaligned';

export interface RolloutOptions {
  readonly grade: (answer: string) => Grade;
  /** Actions kept at most (the paper: 20). */
  readonly maxActions: number;
}

/** A rollout, or why there is none. */
export function readRollout(
  solution: Solution,
  { grade, maxActions }: RolloutOptions,
): Rollout | { readonly fault: RolloutFault; readonly detail: string } {
  const { text, finish } = solution;
  const trajectory = parseTrajectory(text);
  const all = rewardActions(trajectory, { grade, boxedOnly: false });
  const kept = all.slice(0, keptActions(all));
  const last = kept.at(-1);
  const isAlternating = kept.every(({ action }, at) => action.type === (at % 2 === 0 ? 'solve' : 'verify'));
  if (last === undefined || !isAlternating || kept.length % 2 !== 0) {
    return { fault: 'malformed', detail: 'it is no sequence of solves, each with a verification' };
  }
  if (kept.some(({ reward }) => reward === null)) {
    return { fault: 'undetermined', detail: 'an answer on its way cannot be graded' };
  }
  if (kept.length > maxActions) {
    return { fault: 'too-many-actions', detail: `${kept.length} actions, at most ${maxActions}` };
  }
  const rest = text.slice(last.action.span[1]);
  const isWhole = kept.length === all.length && rest.trim() === '' && finish === 'stop';
  if (kept.length === all.length && finish !== 'stop') {
    return { fault: 'unfinished', detail: `it ended by ${finish}` };
  }
  return withTokens(solution, kept, isWhole ? text.length : last.action.span[1], isWhole);
}

/**
 * How many actions are kept: to the first right solve that is verified as right; where there is none, to the
 * verification of the last right solve; all of a rollout that never is right.
 */
function keptActions(actions: readonly RewardedAction[]): number {
  const isRight = (at: number) => actions[at]?.action.type === 'solve' && actions[at]?.reward === 1;
  const settled = actions.findIndex((_, at) => isRight(at) && actions[at + 1]?.reward === 1);
  if (settled >= 0) return settled + 2;
  const last = actions.findLastIndex((_, at) => isRight(at));
  return last >= 0 ? last + 2 : actions.length;
}

function withTokens(
  { text, logprobs }: Solution,
  kept: readonly RewardedAction[],
  end: number,
  isWhole: boolean,
): ReturnType<typeof readRollout> {
  const texts = withoutEndText(logprobs?.texts ?? [], text);
  const { values = [], ids, of = 'unknown' } = logprobs ?? {};
  const spelled = texts.join('');
  // What the chat template opened stands in the text and was not generated.
  const opened = text.length - spelled.length;
  if (texts.length !== values.length || opened < 0 || text.slice(opened) !== spelled) {
    return { fault: 'misaligned', detail: 'its tokens do not spell its text' };
  }
  const starts = startsOf(texts, opened);
  const count = texts.findIndex((piece, at) => (starts[at] ?? 0) + piece.length > end);
  const hasEnd = isWhole && texts.at(-1) === '';
  const used = isWhole ? texts.length : count < 0 ? withoutEmptyEnd(texts) : count;
  let from = opened;
  let token = 0;
  const actions = kept.map(({ action, answer, reward, context }, at): RolloutAction => {
    const stop = at === kept.length - 1 ? end : action.span[1];
    const first = token;
    while (token < used && (at === kept.length - 1 || (starts[token] ?? 0) < stop)) token += 1;
    const record = {
      type: action.type,
      marker: text.slice(from, action.span[0]),
      text: text.slice(action.span[0], stop),
      answer,
      correct: reward === 1,
      verdict: action.verdict,
      implicit: action.implicit,
      reward: reward === 1 ? (1 as const) : (-1 as const),
      context,
      tokenSpan: [first, token] as [number, number],
    };
    from = stop;
    return record;
  });
  if (actions.some(({ tokenSpan: [first, stop] }) => stop <= first)) {
    return { fault: 'misaligned', detail: 'an action begins in no token of its own' };
  }
  return {
    answer: text.slice(opened, end),
    rawText: text,
    isTruncated: !isWhole,
    ended: isWhole,
    actions,
    outcome: actions.findLast(({ type }) => type === 'solve')?.reward ?? -1,
    tokens: {
      ids: ids === undefined ? null : ids.slice(0, used),
      texts: texts.slice(0, used),
      logprobs: values.slice(0, used),
      of,
      hasEnd,
    },
  };
}

/** Some servers spell the end-of-turn token out; it is no part of the text. */
function withoutEndText(texts: readonly string[], text: string): readonly string[] {
  const before = texts.slice(0, -1);
  if (texts.length === 0 || text.endsWith(texts.join('')) || !text.endsWith(before.join(''))) return texts;
  return [...before, ''];
}

function startsOf(texts: readonly string[], from: number): number[] {
  let at = from;
  return texts.map((piece) => {
    const start = at;
    at += piece.length;
    return start;
  });
}

/** The end-of-turn token is no part of a text that was cut. */
function withoutEmptyEnd(texts: readonly string[]): number {
  return texts.at(-1) === '' ? texts.length - 1 : texts.length;
}
