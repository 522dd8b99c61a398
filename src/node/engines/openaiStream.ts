/** Puts the pieces of a streamed answer together, and doubts them: a stream is shown while it grows, never trusted. */
import { z } from 'zod';
import { BrokenAnswerError } from './openaiFailures.ts';
import { type Completion, messageSchema, textOf, usageOf } from './openaiRequest.ts';

const pieceSchema = z.looseObject({
  model: z.string().nullish(),
  choices: z
    .array(
      z.looseObject({
        delta: messageSchema.nullish(),
        /** Raw completions. */
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
        logprobs: z.unknown().optional(),
        token_ids: z.unknown().optional(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
});

interface Growing {
  model: string | undefined;
  content: string;
  reasoning: string;
  finish: string | undefined;
  usage: unknown;
  /** Pieces that carried text: each is one token or more. */
  pieces: number;
  /** The piece before, and whether one came that equals the one before it: a repetition, or a token drawn twice. */
  latest: string;
  hasTwins: boolean;
  readonly chatLogprobs: unknown[];
  readonly rawLogprobs: { tokens: unknown[]; token_logprobs: unknown[] };
  readonly tokenIds: unknown[];
}

export interface StreamReading {
  readonly isChat: boolean;
  /** Hears the text so far. */
  readonly onText: (text: string) => void;
  /** Whether the server counts the end token, as far as is known. */
  readonly countsEnd: boolean;
}

export interface StreamedCompletion {
  /** In the form that an unstreamed one has. */
  readonly completion: Completion;
  /** False when this stream shows that the server does not count the end token. */
  readonly countsEnd: boolean;
}

/**
 * Throws a `BrokenAnswerError` when the stream ends without a reason to finish, or when something may have come twice.
 */
export async function readStream(
  pieces: AsyncIterable<unknown>,
  { isChat, onText, countsEnd }: StreamReading,
): Promise<StreamedCompletion> {
  const growing: Growing = {
    model: undefined,
    content: '',
    reasoning: '',
    finish: undefined,
    usage: undefined,
    pieces: 0,
    latest: '',
    hasTwins: false,
    chatLogprobs: [],
    rawLogprobs: { tokens: [], token_logprobs: [] },
    tokenIds: [],
  };
  for await (const piece of pieces) {
    const before = growing.pieces;
    add(growing, piece);
    if (growing.pieces > before) onText(textOf(messageOf(growing), undefined) ?? '');
  }
  const completion = completionOf(growing, isChat);
  return { completion, countsEnd: checkCount(growing, completion, countsEnd) };
}

function add(growing: Growing, piece: unknown): void {
  const parsed = pieceSchema.safeParse(piece);
  if (!parsed.success) throw new BrokenAnswerError('A piece of the stream is not what it should be.');
  const { model, choices, usage } = parsed.data;
  growing.model ??= model ?? undefined;
  if (usage !== undefined && usage !== null) growing.usage = usage;
  const choice = choices?.[0];
  // After its end a text does not go on: whatever comes is a repetition.
  if (choice === undefined || growing.finish !== undefined) return;
  const reasoning = choice.delta?.reasoning_content ?? choice.delta?.reasoning ?? '';
  const content = choice.delta?.content ?? choice.text ?? '';
  growing.reasoning += reasoning;
  growing.content += content;
  if (reasoning !== '' || content !== '') {
    // With its count of tokens so far, where the server tells it: then only a repetition looks the same.
    const piece = JSON.stringify(parsed.data);
    growing.hasTwins ||= piece === growing.latest;
    growing.latest = piece;
    growing.pieces++;
  }
  addLogprobs(growing, choice);
  growing.finish = choice.finish_reason ?? undefined;
}

const chatLogprobsSchema = z.looseObject({ content: z.array(z.unknown()) });
const rawLogprobsSchema = z.looseObject({
  tokens: z.array(z.unknown()),
  token_logprobs: z.array(z.unknown()),
});

function addLogprobs(
  growing: Growing,
  { logprobs, token_ids }: { logprobs?: unknown; token_ids?: unknown },
): void {
  const { data: chat } = chatLogprobsSchema.safeParse(logprobs);
  const { data: raw } = rawLogprobsSchema.safeParse(logprobs);
  growing.chatLogprobs.push(...(chat?.content ?? []));
  growing.rawLogprobs.tokens.push(...(raw?.tokens ?? []));
  growing.rawLogprobs.token_logprobs.push(...(raw?.token_logprobs ?? []));
  if (Array.isArray(token_ids)) growing.tokenIds.push(...token_ids);
}

function messageOf({ content, reasoning }: Growing) {
  return reasoning === '' ? { content } : { content, reasoning_content: reasoning };
}

function completionOf(growing: Growing, isChat: boolean): Completion {
  const { model, usage, finish, chatLogprobs, rawLogprobs, tokenIds } = growing;
  if (finish === undefined) throw new BrokenAnswerError('The stream ended before the text did.');
  const logprobs = isChat ? { content: chatLogprobs } : rawLogprobs;
  const text = isChat ? { message: messageOf(growing) } : { text: growing.content };
  return {
    model,
    choices: [{ ...text, finish_reason: finish, logprobs, token_ids: tokenIds }],
    usage,
  };
}

/**
 * Holds the number of pieces against the server's count of tokens. A piece too many is a repetition. Equal pieces side by
 * side may be one, or a token drawn twice: they are believed only when each piece is one counted token. (Most servers
 * count the end token, which is no piece. Reasoning that was taken out of the text has lost its tags, so that nothing can
 * be counted.) Returns what this stream teaches of `countsEnd`.
 */
function checkCount(
  { pieces, hasTwins, finish, reasoning }: Growing,
  completion: Completion,
  countsEnd: boolean,
): boolean {
  const counted = usageOf(completion)?.tokens;
  const exact = finish === 'stop' && countsEnd && counted !== undefined ? counted - 1 : counted;
  const isTooMany = counted !== undefined && pieces > counted;
  if (isTooMany || (hasTwins && (reasoning !== '' || pieces !== exact))) {
    const known = counted === undefined ? 'did not count its tokens' : `counted ${counted} tokens`;
    throw new BrokenAnswerError(
      `The stream came in ${pieces} pieces and the server ${known}: something may have come twice.`,
    );
  }
  return countsEnd && !(finish === 'stop' && pieces > 0 && pieces === counted);
}
