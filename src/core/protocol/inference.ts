/**
 * What the host and the inference child say to each other. Host and child are built together, so that the types are
 * the contract; the texts in it come from a model and are never anything but text.
 */
import type { Finish } from '../schema/common.ts';
import type { Adapter, GpuChoice } from '../schema/model.ts';
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
  /** How the answer to the messages begins; the model goes on from there, and the result's text holds it, too. */
  readonly prefix?: string;
  /** 0 .. 2^32 - 1. Texts are reproducible only with a seed of their own. */
  readonly seed: number;
  readonly sampling: SamplingOptions;
  /** Asks for `logprobs` in the result. Costs time with a large vocabulary and topK 0. */
  readonly logprobs?: boolean;
}

/** What a text was drawn with, token by token; the end token comes last where it was drawn and the engine tells it. */
export interface TokenLogprobs {
  /** Natural logarithms: 0 is certainty. */
  readonly values: readonly number[];
  /**
   * `policy`: of the distribution that was drawn from, after temperature, topK, topP and minP. `model`: of the model's
   * own distribution at temperature 1; greedy sampling has no other. `unknown`: of one of the two, the server does not
   * say which.
   */
  readonly of: 'policy' | 'model' | 'unknown';
  /** Numbers of the tokens in the model's vocabulary, one for each value; absent where a server does not tell. */
  readonly ids?: readonly number[];
  /**
   * Texts of the tokens, the end token's empty. Those of llama.cpp, joined, are the text without what the template
   * opened; as a server tells them, a part of a character may look odd.
   */
  readonly texts?: readonly string[];
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
  /** Where they were asked for and could be had. */
  readonly logprobs?: TokenLogprobs;
  /** Seed of the server's request that this text and others came from, where it was not the sample's own. */
  readonly sharedSeed?: number;
}

/** What llama.cpp finds on the machine for a choice of GPU. */
export interface Devices {
  readonly backend: 'cpu' | 'cuda' | 'vulkan' | 'metal';
  /** Names of the usable GPUs; empty: the CPU. */
  readonly gpus: readonly string[];
  /** Memory of all GPUs together. */
  readonly gpuBytes: number;
  /** Cores that are useful for mathematics: physical ones, of the fast kind. */
  readonly mathCores: number;
}

export interface LoadOptions {
  readonly path: string;
  readonly gpu: GpuChoice;
  /** Threads on the CPU at most; `useThreads` goes below. */
  readonly threads: number;
  /** Wanted slots; memory may allow fewer. */
  readonly slots: number;
  /** Wanted context of one slot; undefined: what the model was trained on, within reason and memory. */
  readonly contextTokens: number | undefined;
  /** LoRA adapters, all applied at once. */
  readonly lora: readonly Adapter[];
  /** Children that share this machine's memory. */
  readonly processes: number;
}

export interface LoadedModel {
  /** Versions of the bindings and of llama.cpp. */
  readonly version: string;
  /** Names of the GPUs used; empty: the CPU. */
  readonly gpus: readonly string[];
  readonly backend: Devices['backend'];
  /** Layers on GPUs, and layers of the model. */
  readonly gpuLayers: number;
  readonly layers: number;
  readonly slots: number;
  /** Of one slot: prompt and answer together. */
  readonly contextTokens: number;
  /** Type of most weights, such as `F16` or `Q8_0`; null where the file does not say. */
  readonly dtype: string | null;
  /** The chat template of the file; null when it has none. */
  readonly template: string | null;
}

/** A request as the child gets it. */
export interface QueuedRequest extends SampleRequest {
  /** Somebody wants to see the text while it grows. */
  readonly isWatched?: boolean;
}

/** The text of a sample that is still running. */
export interface PartialText {
  readonly id: string;
  readonly text: string;
}

/** Methods of the child. */
export interface InferenceChild {
  /** Looks for devices, which takes no model. `load` then uses what was found. */
  survey(gpu: GpuChoice): Promise<Devices>;
  load(options: LoadOptions): Promise<LoadedModel>;
  /** Tokens per second of plain generation with so many threads and slots. Nothing else may run. */
  measure(wish: { threads: number; slots: number; ms: number }): Promise<number>;
  useThreads(threads: number): void;
  /** Queues requests; each ends in one row of `finished`, unless it is cancelled. */
  enqueue(requests: readonly QueuedRequest[]): void;
  /** Drops requests that wait or run. Resolves when none of them is running any more. */
  cancel(ids: readonly string[]): Promise<void>;
  /** Stops, then frees the model. The child ends by itself when its host does. */
  close(): Promise<void>;
}

/** Methods of the host that the child calls. */
export interface InferenceHost {
  finished(results: readonly SampleResult[]): void;
  /** Now and then, of one watched sample until it is finished, and then of another. */
  partial(part: PartialText): void;
}
