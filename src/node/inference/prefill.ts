/** Evaluates prompts in slots, and each prompt as seldom as possible. */
import { rmSync } from 'node:fs';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { Prompt } from './tokens.ts';

/** Tokens evaluated between two looks at cancellation. */
const CHUNK = 512;
/** Shorter prompts are evaluated again sooner than copied through a file. */
const SHORTEST_COPIED = 128;

/** The file through which evaluated prompts go from place to place. */
export interface StateFile {
  readonly path: string;
  /** Key of the prompt that it holds now. */
  key: string | undefined;
}

/** A long prompt of a large model takes gigabytes: it lies there no longer than needed. */
export function emptyStateFile(file: StateFile): void {
  if (file.key !== undefined) rmSync(file.path, { force: true });
  file.key = undefined;
}

export interface PromptPlace {
  readonly sequence: LlamaContextSequence;
  /** The prompt that the sequence holds evaluated, all but its last token; text may follow it there. */
  held: Prompt | undefined;
}

/**
 * Brings `place` to the end of a prompt's head: all tokens but the last, whose evaluation gives the first new one.
 * With one place only a whole prompt is used again: how a prompt is cut into batches changes the last bits of its
 * evaluation, and one place promises the same text whatever was generated before.
 */
export async function fillPrompt(
  place: PromptPlace,
  prompt: Prompt,
  places: readonly PromptPlace[],
  stateFile: StateFile,
  isCancelled: () => boolean,
): Promise<void> {
  const { sequence } = place;
  const head = prompt.tokens.slice(0, -1);
  const isSame = place.held?.key === prompt.key;
  place.held = undefined;
  const shared = isSame ? head.length : places.length === 1 ? 0 : commonLength(head, sequence.contextTokens);
  const source =
    head.length - shared < SHORTEST_COPIED ? undefined : places.find((other) => isSource(other, prompt));
  if (source === undefined || !(await copyHead(source, prompt.key, sequence, head.length, stateFile))) {
    await keepOnly(sequence, shared);
    for (let start = shared; start < head.length && !isCancelled(); start += CHUNK) {
      await sequence.evaluateWithoutGeneratingNewTokens(head.slice(start, start + CHUNK));
    }
  }
  if (sequence.nextTokenIndex === head.length) place.held = prompt;
}

/** The text that a source has generated so far is copied too: it must not be longer than the prompt. */
function isSource({ held, sequence }: PromptPlace, prompt: Prompt): boolean {
  return held?.key === prompt.key && sequence.nextTokenIndex <= 2 * prompt.tokens.length;
}

function commonLength(head: readonly Token[], present: readonly Token[]): number {
  const difference = head.findIndex((token, index) => token !== present[index]);
  return difference === -1 ? head.length : difference;
}

async function keepOnly(sequence: LlamaContextSequence, length: number): Promise<void> {
  const end = sequence.nextTokenIndex;
  if (length >= end) return;
  if (length === 0) await sequence.clearHistory();
  else await sequence.eraseContextTokenRanges([{ start: length, end }]);
}

/**
 * Copies an evaluated head from one sequence to another, through the only public way, a file, which is written once
 * for all that need it at the same time. False when that failed, for want of disk space say. The text that follows the
 * head in the source comes along and is dropped.
 */
async function copyHead(
  source: PromptPlace,
  key: string,
  target: LlamaContextSequence,
  length: number,
  stateFile: StateFile,
): Promise<boolean> {
  try {
    if (stateFile.key !== key) {
      emptyStateFile(stateFile);
      // Also what was written in part is removed.
      stateFile.key = '';
      await source.sequence.saveStateToFile(stateFile.path);
      stateFile.key = key;
    }
    await target.clearHistory();
    await target.loadStateFromFile(stateFile.path, { acceptRisk: true });
    await keepOnly(target, length);
    return target.nextTokenIndex === length;
  } catch {
    emptyStateFile(stateFile);
    await target.clearHistory();
    return false;
  }
}
