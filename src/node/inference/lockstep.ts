/**
 * Generates many samples side by side. Every step is one `controlledEvaluate` per busy slot, called in slot order:
 * sequence ids then ascend in llama.cpp's batch, and a step is one pass over the weights (plain parallel use: many).
 * A free slot takes the next request at once and keeps what it already holds of that request's prompt.
 */
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { messageOf } from '../../core/errors.ts';
import type { SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import type { Finish } from '../../core/schema/common.ts';
import { positionSeed } from './seed.ts';
import { assignSlots } from './slotChoice.ts';
import { answerText, type Prompt } from './tokens.ts';

/** Tokens of a prompt evaluated between two looks at cancellation. */
const PREFILL_CHUNK = 512;

export interface Lockstep {
  enqueue(requests: readonly SampleRequest[]): void;
  /** Resolves when none of the requests is running. */
  cancel(ids: readonly string[]): Promise<void>;
  /** Drops everything and resolves when nothing is running. */
  stop(): Promise<void>;
}

export interface LockstepOptions {
  readonly model: LlamaModel;
  /** By ascending id, all of one context. */
  readonly sequences: readonly LlamaContextSequence[];
  /** Of one sequence, in tokens. */
  readonly contextTokens: number;
  /** Throws when the request cannot be made into a prompt. */
  readonly prepare: (request: SampleRequest) => Prompt;
  readonly onFinished: (results: readonly SampleResult[]) => void;
}

interface Slot {
  readonly sequence: LlamaContextSequence;
  /** Prompt that the slot holds evaluated, all but its last token. */
  held: Prompt | undefined;
  sample: Sample | undefined;
}

interface Sample {
  readonly request: SampleRequest;
  readonly prompt: Prompt;
  readonly startedAt: number;
  readonly tokens: Token[];
  /** Not evaluated yet: the prompt's last token, then the one just generated. */
  next: Token;
  finish: Finish | undefined;
  error?: string;
  isCancelled: boolean;
}

interface Waiting {
  readonly request: SampleRequest;
  readonly prompt: Prompt;
}

export function createLockstep(options: LockstepOptions): Lockstep {
  const { model, sequences, contextTokens } = options;
  const slots = sequences.map((sequence): Slot => ({ sequence, held: undefined, sample: undefined }));
  const waiting: Waiting[] = [];
  let isRunning = false;
  let turn = Promise.resolve();

  function enqueue(requests: readonly SampleRequest[]): void {
    const refused: SampleResult[] = [];
    for (const request of requests) {
      try {
        waiting.push({ request, prompt: options.prepare(request) });
      } catch (thrown) {
        refused.push(refusedResult(request, thrown));
      }
    }
    if (refused.length > 0) options.onFinished(refused);
    if (waiting.length > 0 && !isRunning) void run();
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0 || slots.some(({ sample }) => sample !== undefined)) {
      turn = takeTurn();
      await turn;
    }
    isRunning = false;
  }

  /** Never throws: what goes wrong is the error of a sample. */
  async function takeTurn(): Promise<void> {
    await fillSlots();
    await Promise.all(slots.map((slot) => step(slot)));
    reportFinished();
  }

  async function fillSlots(): Promise<void> {
    const free = slots.flatMap(({ sample, held }, slot) =>
      sample === undefined ? [{ slot, held: held?.key }] : [],
    );
    const pairs = assignSlots(
      free,
      waiting.map(({ prompt }) => prompt.key),
    );
    const starts = pairs.flatMap(([slot, index]) => {
      const [chosen, next] = [slots[slot], waiting[index]];
      return chosen === undefined || next === undefined ? [] : [{ chosen, next }];
    });
    const started = new Set(starts.map(({ next }) => next));
    waiting.splice(0, waiting.length, ...waiting.filter((item) => !started.has(item)));
    for (const { chosen, next } of starts) chosen.sample = newSample(next);
    // One prompt after the other: prompts of unequal length in one batch would be split into many passes.
    for (const { chosen, next } of starts) await evaluatePrompt(chosen, next.prompt);
    reportFinished();
  }

  async function evaluatePrompt(slot: Slot, prompt: Prompt): Promise<void> {
    const { sequence, sample } = slot;
    const head = prompt.tokens.slice(0, -1);
    try {
      const kept = sharedTokens(slot, prompt, head);
      slot.held = undefined;
      if (kept === 0 && sequence.nextTokenIndex > 0) await sequence.clearHistory();
      else if (kept < sequence.nextTokenIndex) {
        await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
      }
      for (let start = kept; start < head.length && sample?.isCancelled === false; start += PREFILL_CHUNK) {
        await sequence.evaluateWithoutGeneratingNewTokens(head.slice(start, start + PREFILL_CHUNK));
      }
      if (sequence.nextTokenIndex === head.length) slot.held = prompt;
    } catch (thrown) {
      if (sample !== undefined) fail(sample, thrown);
    }
  }

  /**
   * With one slot only a whole prompt is used again: how a prompt is cut into batches changes the last bits of its
   * evaluation, and one slot promises the same text whatever was generated before.
   */
  function sharedTokens(slot: Slot, prompt: Prompt, head: readonly Token[]): number {
    if (slot.held?.key === prompt.key) return head.length;
    if (slots.length === 1) return 0;
    const present = slot.sequence.contextTokens;
    const difference = head.findIndex((token, index) => token !== present[index]);
    return difference === -1 ? head.length : difference;
  }

  async function step(slot: Slot): Promise<void> {
    const { sample, sequence } = slot;
    if (sample === undefined || sample.isCancelled || sample.finish !== undefined) return;
    const { temperature, topK, topP, minP, maxTokens } = sample.request.sampling;
    const seed = positionSeed(sample.request.seed, sample.tokens.length);
    try {
      // No penalties: at this level of the bindings none is on by default.
      const generateNext = { token: true, options: { temperature, topK, topP, minP, seed } };
      const [output] = await sequence.controlledEvaluate([[sample.next, { generateNext }]]);
      const token = output?.next.token;
      if (token === undefined || token === null) throw new Error('llama.cpp gave no next token.');
      if (model.isEogToken(token)) {
        sample.finish = 'stop';
        return;
      }
      sample.tokens.push(token);
      sample.next = token;
      // One position of the context always stays free: without it the bindings would shift the context.
      const isFull = sequence.nextTokenIndex >= contextTokens - 1;
      if (sample.tokens.length >= maxTokens || isFull) sample.finish = 'length';
    } catch (thrown) {
      slot.held = undefined;
      fail(sample, thrown);
    }
  }

  function reportFinished(): void {
    const results: SampleResult[] = [];
    for (const slot of slots) {
      const { sample } = slot;
      if (sample === undefined || (sample.finish === undefined && !sample.isCancelled)) continue;
      slot.sample = undefined;
      if (!sample.isCancelled) results.push(resultOf(sample));
    }
    if (results.length > 0) options.onFinished(results);
  }

  function resultOf(sample: Sample): SampleResult {
    const { request, prompt, tokens, finish = 'error', error } = sample;
    return {
      id: request.id,
      text: answerText(model, prompt, tokens),
      promptTokens: prompt.tokens.length,
      tokens: tokens.length,
      finish,
      ms: performance.now() - sample.startedAt,
      ...(error === undefined ? {} : { error }),
    };
  }

  async function cancel(ids: readonly string[]): Promise<void> {
    const dropped = new Set(ids);
    waiting.splice(0, waiting.length, ...waiting.filter(({ request }) => !dropped.has(request.id)));
    for (const { sample } of slots) {
      if (sample !== undefined && dropped.has(sample.request.id)) sample.isCancelled = true;
    }
    // The turn that is running ends first; the samples of others go on.
    while (slots.some(({ sample }) => sample?.isCancelled === true)) await turn;
  }

  async function stop(): Promise<void> {
    await cancel(
      [...waiting, ...slots.flatMap(({ sample }) => sample ?? [])].map(({ request }) => request.id),
    );
    await turn;
  }

  return { enqueue, cancel, stop };
}

function newSample({ request, prompt }: Waiting): Sample {
  const last = prompt.tokens.at(-1);
  if (last === undefined) throw new Error('A prompt without tokens was accepted.');
  const startedAt = performance.now();
  return { request, prompt, startedAt, tokens: [], next: last, finish: undefined, isCancelled: false };
}

function fail(sample: Sample, thrown: unknown): void {
  sample.finish = 'error';
  sample.error = messageOf(thrown);
}

function refusedResult(request: SampleRequest, thrown: unknown): SampleResult {
  return {
    id: request.id,
    text: '',
    promptTokens: 0,
    tokens: 0,
    finish: 'error',
    ms: 0,
    error: messageOf(thrown),
  };
}
