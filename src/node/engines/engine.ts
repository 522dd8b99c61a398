/** The one interface behind which every model runs. An engine is one file here and one line in `index.ts`. */
import type { z } from 'zod';
import type { SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import type { EngineFacts, ModelIdentity } from '../../core/schema/run.ts';

export type {
  ChatMessage,
  SampleRequest,
  SampleResult,
  TokenLogprobs,
} from '../../core/protocol/inference.ts';

/**
 * Hears the text of a running sample as far as it is, for a person who watches. It may start again from the empty text
 * and it is never a result, not even the last one: results come from the generator alone.
 */
export type OnPartial = (id: string, text: string) => void;

/** What a caller of `sample` may add. */
export interface SampleControl {
  readonly onPartial?: OnPartial | undefined;
  /** Once it aborts no further sample is begun; those that run are finished and yielded. */
  readonly enough?: AbortSignal | undefined;
}

/** What an engine can do, for those who need it before a run starts. */
export interface EngineCapabilities {
  /**
   * Log-probabilities of sampled tokens: `policy`, always those that were drawn with; `server`, whatever the server
   * gives, which is told by a warning and by `logprobs.of` of each result.
   */
  readonly logprobs: 'policy' | 'server';
}

/** A loaded or reachable model. `close` it when done. */
export interface Engine {
  readonly identity: ModelIdentity;
  readonly capabilities: EngineCapabilities;
  /** What the engine really used, for the run's manifest. */
  readonly facts: EngineFacts;
  /**
   * Results in order of completion. A sample that failed is a row with `error` and finish `error`. Aborting ends the
   * generator without an exception: what was finished has been yielded, the rest never is. Throws a `UserError`, after
   * all finished results, only when no further sample can be had: the server is gone, or processes keep dying.
   */
  sample(
    requests: readonly SampleRequest[],
    signal: AbortSignal,
    control?: SampleControl,
  ): AsyncGenerator<SampleResult>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Something a person should know that is no failure, such as a server that ignores the seed. Never holds a key. */
  readonly onWarning?: (message: string) => void;
}

export interface EngineModule<Config> {
  readonly id: string;
  readonly label: string;
  readonly config: z.ZodType<Config>;
  /** Throws a `UserError` when the model cannot be had. */
  connect(config: Config, signal: AbortSignal, options?: ConnectOptions): Promise<Engine>;
}
