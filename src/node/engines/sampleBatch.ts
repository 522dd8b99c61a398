/** One call of `sample`: what is still to do, what runs, and the stream of what is done. */
import { ReadableStream } from 'node:stream/web';
import type { SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import type { OnPartial } from './engine.ts';
import { groupByPrompt, type PromptGroups } from './promptGroups.ts';

export interface SampleJob {
  /** Unique in the pool: callers may use one id in several calls. */
  readonly key: string;
  readonly request: SampleRequest;
  /** Processes that died while this sample was running. */
  deaths: number;
}

export interface SampleBatch {
  readonly groups: PromptGroups<SampleJob>;
  readonly results: AsyncIterable<SampleResult>;
  /** Hears texts as they grow. */
  readonly onPartial: OnPartial | undefined;
  /** Samples that a process has. */
  running: number;
  isCancelled: boolean;
  /** Why what is left cannot be done. */
  failure: Error | undefined;
  deliver(result: SampleResult): void;
  /** Ends the stream after what was delivered; later deliveries are dropped. */
  end(): void;
}

export function createSampleBatch(
  requests: readonly SampleRequest[],
  nextKey: () => string,
  onPartial?: OnPartial,
): SampleBatch {
  const jobs = requests.map((request) => ({ key: nextKey(), request, deaths: 0 }));
  let deliver: (result: SampleResult) => void = () => undefined;
  let end: () => void = () => undefined;
  const results = new ReadableStream<SampleResult>({
    start(controller) {
      deliver = (result) => controller.enqueue(result);
      end = () => controller.close();
    },
    cancel: () => close(),
  });
  function close(): void {
    deliver = () => undefined;
    end = () => undefined;
  }
  return {
    groups: groupByPrompt(jobs, ({ request }) => request),
    results,
    onPartial,
    running: 0,
    isCancelled: false,
    failure: undefined,
    deliver: (result) => deliver(result),
    end() {
      end();
      close();
    },
  };
}
