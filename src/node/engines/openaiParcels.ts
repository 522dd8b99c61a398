/** Several samples of one prompt in one request (`n`), and one answer as several. */
import type { SampleRequest } from '../../core/protocol/inference.ts';
import { type Completion, textOf, usageOf } from './openaiRequest.ts';
import { promptKey } from './promptGroups.ts';

/** Requests that differ in id and seed only. */
export type Parcel = readonly [SampleRequest, ...SampleRequest[]];

/** Neighbours of one prompt, up to `most` together. Greedy samples stay alone: they are all the same text. */
export function* inParcels(requests: readonly SampleRequest[], most: number): Generator<Parcel> {
  let parcel: [SampleRequest, ...SampleRequest[]] | undefined;
  for (const request of requests) {
    if (parcel !== undefined && parcel.length < most && isAlike(parcel[0], request)) {
      parcel.push(request);
      continue;
    }
    if (parcel !== undefined) yield parcel;
    parcel = [request];
  }
  if (parcel !== undefined) yield parcel;
}

function isAlike(a: SampleRequest, b: SampleRequest): boolean {
  const shape = ({ sampling, logprobs }: SampleRequest) => JSON.stringify([sampling, logprobs === true]);
  return a.sampling.temperature > 0 && shape(a) === shape(b) && promptKey(a) === promptKey(b);
}

/**
 * One completion for each choice, `most` at most; one without choice when there is none. The server counts the tokens
 * of all choices together: each gets its share by length.
 */
export function choicesOf(completion: Completion, most: number): Completion[] {
  const choices = (completion.choices ?? []).slice(0, most);
  const usage = usageOf(completion);
  if (most === 1 || choices.length === 0) return [completion];
  const lengths = choices.map(
    ({ text, message }) => (text ?? textOf(message ?? {}, 'stop') ?? '').length + 1,
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  let counted = 0;
  return choices.map((choice, index) => {
    if (usage === undefined) return { ...completion, choices: [choice] };
    before += lengths[index] ?? 0;
    const upTo = Math.round((usage.tokens * before) / total);
    const share = { prompt_tokens: usage.promptTokens, completion_tokens: upTo - counted };
    counted = upTo;
    return { ...completion, choices: [choice], usage: share };
  });
}
