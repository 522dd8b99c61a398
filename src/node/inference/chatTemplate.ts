/** Prompts in the form that the model was trained on: its own Jinja chat template. */
import { Template } from '@huggingface/jinja';
import type { ChatMessage } from '../../core/protocol/inference.ts';

export interface RenderedPrompt {
  readonly text: string;
  /**
   * What the template itself opened of the answer. Templates of reasoning models end in `<think>`, and the model then
   * never writes that tag: it belongs to the answer's text all the same.
   */
  readonly opened: string;
}

export type PromptRenderer = (messages: readonly ChatMessage[]) => RenderedPrompt;

/** Parses a template once. Throws when it is not valid Jinja. */
export function promptRenderer(source: string, tokens: { bos: string; eos: string }): PromptRenderer {
  const template = new Template(source);
  return (messages) => {
    const text = template.render({
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: true,
      bos_token: tokens.bos,
      eos_token: tokens.eos,
    });
    return { text, opened: /<think>\s*$/.exec(text)?.[0] ?? '' };
  };
}
