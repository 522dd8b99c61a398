/** What a server silently does not do. Each finding is told once. */
import type { SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import { type Completion, usageOf } from './openaiRequest.ts';
import { promptKey } from './promptGroups.ts';

/** Two equal samples of one prompt can be chance; three or more with different seeds hardly are. */
const FEWEST_SUSPICIOUS = 3;

export type WarnOnce = (topic: string, message: string) => void;

export interface ServerChecks {
  check(request: SampleRequest, result: SampleResult, completion: Completion): void;
}

interface PromptTally {
  expected: number;
  readonly seeds: Set<number>;
  finished: number;
  text: string | undefined;
  /** Or cannot be said to be the same. */
  isVaried: boolean;
}

export function createServerChecks(
  model: string,
  requests: readonly SampleRequest[],
  warnOnce: WarnOnce,
): ServerChecks {
  const tallies = new Map<string, PromptTally>();
  for (const request of requests) {
    if (request.sampling.temperature === 0) continue;
    const key = promptKey(request);
    const tally = tallies.get(key) ?? {
      expected: 0,
      seeds: new Set(),
      finished: 0,
      text: undefined,
      isVaried: false,
    };
    tally.expected++;
    tally.seeds.add(request.seed);
    tallies.set(key, tally);
  }
  // One text that differs from another of its prompt clears the server.
  let isClear = false;
  let identicalPrompts = 0;

  function checkVariety(request: SampleRequest, { text, error }: SampleResult): void {
    const key = promptKey(request);
    const tally = tallies.get(key);
    if (tally === undefined) return;
    tally.finished++;
    if (error !== undefined) tally.isVaried = true;
    else if (tally.text !== undefined && tally.text !== text) isClear = true;
    tally.text = text;
    if (tally.finished < tally.expected) return;
    tallies.delete(key);
    if (!tally.isVaried && tally.seeds.size >= FEWEST_SUSPICIOUS) identicalPrompts++;
    // A model that is sure of itself says the same to one prompt, and not to several.
    const isTold = identicalPrompts >= FEWEST_SUSPICIOUS || (identicalPrompts > 0 && tallies.size === 0);
    if (isClear || !isTold) return;
    warnOnce(
      'identical',
      `All ${tally.expected} samples of one prompt at temperature ${request.sampling.temperature} are the same text, and no prompt has ` +
        'samples that differ: the server may ignore the temperature or the seed. Measures over several samples mean nothing then. ' +
        '(transformers serve: set "do_sample": true in generation_config.json.)',
    );
  }

  return {
    check(request, result, completion) {
      checkVariety(request, result);
      if (completion.model && !isSameModel(model, completion.model)) {
        warnOnce(
          'model',
          `The server was asked for the model "${model}" and answered with "${completion.model}".`,
        );
      }
      if (request.logprobs === true && result.error === undefined) checkLogprobs(result, warnOnce);
      if (usageOf(completion) === undefined) {
        warnOnce('usage', 'The server does not report credible token counts: they are recorded as 0.');
      }
    },
  };
}

function checkLogprobs({ logprobs }: SampleResult, warnOnce: WarnOnce): void {
  if (logprobs === undefined) warnAboutLogprobs(warnOnce);
  if (logprobs?.of !== 'unknown') return;
  warnOnce(
    'logprobs-of',
    'Servers differ in whether their log-probabilities count the temperature and the filters in: sample with ' +
      'temperature 1, topP 1, topK 0 and minP 0 where that matters (vLLM: --logprobs-mode processed_logprobs).',
  );
}

export function warnAboutLogprobs(warnOnce: WarnOnce): void {
  warnOnce(
    'logprobs',
    'The server gives no log-probabilities of its tokens: what is trained with them cannot be made with it.',
  );
}

/** Servers add a revision (`name@main`) or a date (`name-2026-01-31`). */
function isSameModel(asked: string, answered: string): boolean {
  if (!answered.startsWith(asked)) return false;
  return /^(@.*|-\d{4}-?\d{2}-?\d{2})?$/.test(answered.slice(asked.length));
}
