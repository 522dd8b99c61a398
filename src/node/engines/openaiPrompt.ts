/** An answer that is begun, as llama.cpp's server is to go on with it. */
import { APIError } from 'openai';
import { z } from 'zod';
import type { SampleRequest } from '../../core/protocol/inference.ts';
import { begun, renderedPrompt } from '../inference/answerBeginning.ts';
import type { Server } from './openaiCall.ts';

const promptSchema = z.looseObject({ prompt: z.string().min(1) });

/**
 * Templates of reasoning models know no answer that stops while it thinks: that server would close empty reasoning
 * before it. So it is asked for the prompt alone, which is then continued as text.
 */
export async function begunRequest(
  { client, dialect, besideApi }: Server,
  request: SampleRequest,
  signal: AbortSignal,
): Promise<SampleRequest> {
  const { messages, prefix = '' } = request;
  if (!dialect.isLlamaServer || prefix === '' || messages === undefined) return request;
  try {
    const answer: unknown = await client.post(besideApi('apply-template'), { body: { messages }, signal });
    const { text, opened } = begun(renderedPrompt(promptSchema.parse(answer).prompt), prefix);
    return { ...request, messages: undefined, raw: text, prefix: opened };
  } catch (thrown) {
    // A server, or a gateway before it, without that page.
    if (thrown instanceof z.ZodError || (thrown instanceof APIError && thrown.status === 404)) return request;
    throw thrown;
  }
}
