/** Prompts in the form that the model was trained on: its own Jinja chat template. */
import { Template } from '@huggingface/jinja';
import { messageOf } from '../../core/errors.ts';
import type { ChatMessage } from '../../core/protocol/inference.ts';
import { type RenderedPrompt, renderedPrompt } from './answerBeginning.ts';

export type PromptRenderer = (messages: readonly ChatMessage[]) => RenderedPrompt;

/** Parses a template once. Throws, then and when rendering, an error that blames the template. */
export function promptRenderer(source: string, tokens: { bos: string; eos: string }): PromptRenderer {
  const template = blamed(() => new Template(source));
  return (messages) => {
    const text = blamed(() =>
      template.render({
        messages: messages.map(({ role, content }) => ({ role, content })),
        add_generation_prompt: true,
        bos_token: tokens.bos,
        eos_token: tokens.eos,
      }),
    );
    return renderedPrompt(text);
  };
}

function blamed<Result>(use: () => Result): Result {
  try {
    return use();
  } catch (thrown) {
    throw new Error(`The model's chat template cannot be used: ${messageOf(thrown)}`, { cause: thrown });
  }
}
