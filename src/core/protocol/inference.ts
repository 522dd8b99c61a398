/**
 * What the host and the inference child say to each other. Host and child are built together, so that the types are
 * the contract; the texts in it come from a model and are never anything but text.
 */
import type { Finish } from '../schema/common.ts';
import type { GpuChoice } from '../schema/model.ts';
import type { SamplingOptions } from '../schema/run.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One text to generate. Requests with equal prompts should stand together: they share the prompt's evaluation. */
export interface SampleRequest {
  /** Comes back in the result; unique within one call of `sample`. */
  readonly id: string;
  /** Rendered with the model's own chat template. */
  readonly messages: readonly ChatMessage[] | undefined;
  /** A prompt used as it is, instead of messages. */
  readonly raw?: string;
  /** 0 .. 2^32 - 1. Texts are reproducible only with a seed of their own. */
  readonly seed: number;
  readonly sampling: SamplingOptions;
}

export interface SampleResult {
  readonly id: string;
  /** Without the end-of-turn token, with think tags. */
  readonly text: string;
  readonly promptTokens: number;
  /** Generated tokens, without the end-of-turn token. */
  readonly tokens: number;
  readonly finish: Finish;
  /** Wall time in milliseconds. */
  readonly ms: number;
  readonly error?: string;
}

export interface LoadOptions {
  readonly path: string;
  readonly gpu: GpuChoice;
  readonly threads: number;
  /** Wanted slots; memory may allow fewer. */
  readonly slots: number;
  /** Wanted context of one slot; undefined: what the model was trained on, as far as memory allows. */
  readonly contextTokens: number | undefined;
  /** Share of the free memory that this child may plan with, 0 .. 1: the children of a pool divide it. */
  readonly memoryShare: number;
}

export interface LoadedModel {
  /** Version of the llama.cpp bindings. */
  readonly version: string;
  /** `cpu`, or the names of the GPUs used. */
  readonly device: string;
  readonly threads: number;
  readonly slots: number;
  readonly contextTokens: number;
  /** The chat template of the file; null when it has none. */
  readonly template: string | null;
}

/** Methods of the child. */
export interface InferenceChild {
  load(options: LoadOptions): Promise<LoadedModel>;
  /** Queues requests; each ends in one `finished`. */
  enqueue(requests: readonly SampleRequest[]): void;
  /** Drops what is queued or being generated. Resolves when no generation is running. */
  cancel(): Promise<void>;
  /** Frees the model. The child exits by itself when the channel closes. */
  close(): Promise<void>;
}

/** Methods of the host that the child calls. */
export interface InferenceHost {
  finished(results: readonly SampleResult[]): void;
}
