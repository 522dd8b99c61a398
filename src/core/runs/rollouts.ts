/** Rollouts of a training run, as many as a person can look through and a panel can hold. */
import type { RunEvent } from '../schema/event.ts';
import { visibleText } from '../visibleText.ts';

export type RolloutEvent = Extract<RunEvent, { type: 'rollout' }>;

/** One rollout, its texts cut at a readable length. */
export interface RolloutRow {
  /** Its position among all rollouts of the run. */
  readonly id: number;
  readonly step: number;
  /** Why it was logged: `best`, `worst`, `truncated`, `zero-variance`; null where the trainer did not say. */
  readonly stratum: string | null;
  /** Equal for equal prompts. */
  readonly promptId: number;
  readonly prompt: string;
  readonly completion: string;
  /** Characters of the whole completion. */
  readonly length: number;
  readonly rewards: Readonly<Record<string, number | null>>;
  readonly advantage: number | null;
}

/** Rollouts that are kept. When there are more, every second one of the older half goes: the history stays whole. */
export const ROLLOUTS_KEPT = 400;
const PROMPT_CHARACTERS = 300;
const COMPLETION_HEAD = 500;
const COMPLETION_TAIL = 300;

export interface RolloutFold {
  count: number;
  rows: RolloutRow[];
  /** Prompts that were seen, numbered in the order of their first rollout. */
  readonly prompts: Map<string, number>;
}

export function newRolloutFold(): RolloutFold {
  return { count: 0, rows: [], prompts: new Map() };
}

/** Takes in one rollout. */
export function foldRollout(fold: RolloutFold, event: RolloutEvent): void {
  const promptId = fold.prompts.get(event.prompt) ?? fold.prompts.size;
  fold.prompts.set(event.prompt, promptId);
  const { stratum } = event;
  fold.rows.push({
    id: fold.count,
    step: event.step,
    stratum: typeof stratum === 'string' ? stratum : null,
    promptId,
    prompt: shortened(event.prompt, PROMPT_CHARACTERS, 0),
    completion: shortened(event.completion, COMPLETION_HEAD, COMPLETION_TAIL),
    length: event.completion.length,
    rewards: event.rewards,
    advantage: event.advantage,
  });
  fold.count += 1;
  if (fold.rows.length > ROLLOUTS_KEPT) {
    const half = ROLLOUTS_KEPT / 2;
    fold.rows = fold.rows.filter((_, at) => at >= half || at % 2 === 0);
  }
}

/** Beginning and end: an answer stands at the end, and where a text goes wrong often at the beginning. */
function shortened(text: string, head: number, tail: number): string {
  if (text.length <= head + tail + 1) return visibleText(text);
  return visibleText(`${text.slice(0, head)}…${tail === 0 ? '' : text.slice(-tail)}`);
}

/** `outcome 1 + reflection 0.4 = 1.4`; null parts were not measured. */
export function rewardSentence(rewards: RolloutRow['rewards']): string {
  const parts = Object.entries(rewards).filter((part): part is [string, number] => part[1] !== null);
  const shown = (value: number) => String(Number(value.toFixed(3)));
  const words = parts.map(([name, value]) => `${name} ${shown(value)}`).join(' + ');
  if (parts.length < 2) return words === '' ? 'not measured' : words;
  return `${words} = ${shown(parts.reduce((sum, [, value]) => sum + value, 0))}`;
}
