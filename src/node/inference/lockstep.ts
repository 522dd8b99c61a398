/**
 * Generates many samples side by side. Every step is one `controlledEvaluate` per busy slot, called in slot order:
 * sequence ids then ascend in llama.cpp's batch, and a step is one pass over the weights (plain parallel use: many).
 * A free slot takes the next request at once and keeps what it already holds of that request's prompt.
 */
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { messageOf } from '../../core/errors.ts';
import type {
  PartialText,
  QueuedRequest,
  SampleRequest,
  SampleResult,
} from '../../core/protocol/inference.ts';
import type { Finish } from '../../core/schema/common.ts';
import { emptyStateFile, fillPrompt, type PromptPlace, type StateFile } from './prefill.ts';
import { positionSeed } from './seed.ts';
import { assignSlots } from './slotChoice.ts';
import { answerText, type Prompt, tokenTexts } from './tokens.ts';

export interface Lockstep {
  enqueue(requests: readonly QueuedRequest[]): void;
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
  /** Where evaluated prompts are copied from slot to slot. */
  readonly stateFile: string;
  /** Throws when the request cannot be made into a prompt. */
  readonly prepare: (request: SampleRequest) => Prompt;
  readonly onFinished: (results: readonly SampleResult[]) => void;
  readonly onPartial: (part: PartialText) => void;
}

/** Between two looks at growing texts: each costs the decoding of a whole text. */
const BEAT_MS = 250;

interface Slot extends PromptPlace {
  sample: Sample | undefined;
}

interface Sample {
  readonly request: QueuedRequest;
  readonly prompt: Prompt;
  readonly startedAt: number;
  readonly tokens: Token[];
  /** Of every token that was drawn, the end token included; undefined when nobody asked. */
  readonly drawn: { readonly ids: number[]; readonly values: number[] } | undefined;
  /** Not evaluated yet: the prompt's last token, then the one just generated. */
  next: Token;
  finish: Finish | undefined;
  error?: string;
  isCancelled: boolean;
}

interface Waiting {
  readonly request: QueuedRequest;
  readonly prompt: Prompt;
}

interface State extends LockstepOptions {
  readonly slots: readonly Slot[];
  readonly copies: StateFile;
  /** The sample whose text was shown last, and when that may be done again. */
  shown: Sample | undefined;
  nextBeat: number;
  waiting: readonly Waiting[];
  isRunning: boolean;
  /** The turn that is running, or the last one. */
  turn: Promise<void>;
}

export function createLockstep(options: LockstepOptions): Lockstep {
  const slots = options.sequences.map((sequence): Slot => ({ sequence, held: undefined, sample: undefined }));
  const copies = { path: options.stateFile, key: undefined };
  const state: State = {
    ...options,
    slots,
    copies,
    shown: undefined,
    nextBeat: 0,
    waiting: [],
    isRunning: false,
    turn: Promise.resolve(),
  };
  return {
    enqueue: (requests) => enqueue(state, requests),
    cancel: (ids) => cancel(state, new Set(ids)),
    async stop() {
      const all = [...state.waiting, ...slots.flatMap(({ sample }) => sample ?? [])];
      await cancel(state, new Set(all.map(({ request }) => request.id)));
      await state.turn;
    },
  };
}

function enqueue(state: State, requests: readonly QueuedRequest[]): void {
  const accepted: Waiting[] = [];
  const refused: SampleResult[] = [];
  for (const request of requests) {
    try {
      accepted.push({ request, prompt: state.prepare(request) });
    } catch (thrown) {
      refused.push(refusedResult(request, thrown));
    }
  }
  state.waiting = [...state.waiting, ...accepted];
  if (refused.length > 0) state.onFinished(refused);
  if (accepted.length > 0 && !state.isRunning) void run(state);
}

async function run(state: State): Promise<void> {
  state.isRunning = true;
  while (state.waiting.length > 0 || state.slots.some(({ sample }) => sample !== undefined)) {
    state.turn = takeTurn(state);
    await state.turn;
  }
  state.isRunning = false;
}

/** Never throws: what goes wrong is the error of a sample. */
async function takeTurn(state: State): Promise<void> {
  if (state.waiting.length > 0) await fillSlots(state);
  await Promise.all(state.slots.map((slot) => step(state, slot)));
  reportFinished(state);
  showOne(state);
}

/** One watched sample at each beat: the same one until it is finished, then the one that is shortest so far. */
function showOne(state: State): void {
  const now = performance.now();
  if (now < state.nextBeat) return;
  const watched = state.slots.flatMap(({ sample }) => (sample?.request.isWatched === true ? [sample] : []));
  const sample =
    watched.find((each) => each === state.shown) ??
    watched.toSorted((a, b) => a.tokens.length - b.tokens.length)[0];
  state.shown = sample;
  if (sample === undefined || sample.isCancelled) return;
  state.nextBeat = now + BEAT_MS;
  state.onPartial({
    id: sample.request.id,
    text: answerText(state.model, sample.prompt, sample.tokens),
  });
}

async function fillSlots(state: State): Promise<void> {
  const free = state.slots.filter(({ sample }) => sample === undefined);
  const pairs = assignSlots(
    free,
    state.waiting,
    ({ held }) => held?.key,
    ({ prompt }) => prompt.key,
  );
  const started = new Set(pairs.map(([, item]) => item));
  state.waiting = state.waiting.filter((item) => !started.has(item));
  for (const [slot, item] of pairs) slot.sample = newSample(item);
  // One prompt after the other: prompts of unequal length in one batch would be split into many passes.
  for (const [slot, { prompt }] of pairs) {
    const { sample } = slot;
    if (sample === undefined) continue;
    try {
      await fillPrompt(slot, prompt, state.slots, state.copies, () => sample.isCancelled);
    } catch (thrown) {
      fail(sample, thrown);
    }
  }
  emptyStateFile(state.copies);
}

async function step({ model, contextTokens }: State, slot: Slot): Promise<void> {
  const { sample, sequence } = slot;
  if (sample === undefined || sample.isCancelled || sample.finish !== undefined) return;
  const { temperature, topK, topP, minP, maxTokens } = sample.request.sampling;
  const seed = positionSeed(sample.request.seed, sample.tokens.length);
  try {
    // No penalties: at this level of the bindings none is on by default.
    const confidence = sample.drawn !== undefined;
    const generateNext = { token: true, confidence, options: { temperature, topK, topP, minP, seed } };
    const [output] = await sequence.controlledEvaluate([[sample.next, { generateNext }]]);
    const token = output?.next.token;
    if (token === undefined || token === null) throw new Error('llama.cpp gave no next token.');
    sample.drawn?.ids.push(token);
    sample.drawn?.values.push(logprobOf(output?.next.confidence));
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

/** Single precision has no more digits than these. */
const LOGPROB_STEPS = 1e7;

function logprobOf(probability: number | undefined): number {
  if (probability === undefined || !(probability > 0)) {
    throw new Error('llama.cpp gave no probability for a token.');
  }
  // Rounding errors can lift a probability of 1 above it.
  return Math.round(Math.min(0, Math.log(probability)) * LOGPROB_STEPS) / LOGPROB_STEPS;
}

function reportFinished(state: State): void {
  const results: SampleResult[] = [];
  for (const slot of state.slots) {
    const { sample } = slot;
    if (sample === undefined || (sample.finish === undefined && !sample.isCancelled)) continue;
    slot.sample = undefined;
    if (!sample.isCancelled) results.push(resultOf(state.model, sample));
  }
  if (results.length > 0) state.onFinished(results);
}

async function cancel(state: State, ids: ReadonlySet<string>): Promise<void> {
  state.waiting = state.waiting.filter(({ request }) => !ids.has(request.id));
  for (const { sample } of state.slots) {
    if (sample !== undefined && ids.has(sample.request.id)) sample.isCancelled = true;
  }
  // The turn that is running ends first; the samples of others go on.
  while (state.slots.some(({ sample }) => sample?.isCancelled === true)) await state.turn;
}

function newSample({ request, prompt }: Waiting): Sample {
  const last = prompt.tokens.at(-1);
  if (last === undefined) throw new Error('A prompt without tokens was accepted.');
  const startedAt = performance.now();
  const drawn = request.logprobs === true ? { ids: [], values: [] } : undefined;
  return { request, prompt, startedAt, tokens: [], drawn, next: last, finish: undefined, isCancelled: false };
}

function fail(sample: Sample, thrown: unknown): void {
  sample.finish = 'error';
  sample.error = messageOf(thrown);
}

function resultOf(model: LlamaModel, sample: Sample): SampleResult {
  const { request, prompt, tokens, drawn, finish = 'error', error } = sample;
  // Greedy sampling leaves the model's distribution as it is.
  const of = request.sampling.temperature === 0 ? 'model' : 'policy';
  return {
    id: request.id,
    text: answerText(model, prompt, tokens),
    promptTokens: prompt.tokens.length,
    tokens: tokens.length,
    finish,
    ms: performance.now() - sample.startedAt,
    ...(error === undefined ? {} : { error }),
    ...(drawn === undefined || error !== undefined
      ? {}
      : { logprobs: { ...drawn, of, texts: drawnTexts(model, prompt, tokens, drawn.ids.length) } }),
  };
}

/** The end token was drawn, too, and has no text. */
function drawnTexts(model: LlamaModel, prompt: Prompt, tokens: readonly Token[], count: number): string[] {
  const texts = tokenTexts(model, prompt, tokens);
  return [...texts, ...Array.from({ length: count - texts.length }, () => '')];
}

function refusedResult({ id }: SampleRequest, thrown: unknown): SampleResult {
  return { id, text: '', promptTokens: 0, tokens: 0, finish: 'error', ms: 0, error: messageOf(thrown) };
}
