/** Where a rendered prompt ends and the answer begins: a chat template may have begun the answer already. */

export interface RenderedPrompt {
  readonly text: string;
  /**
   * What the template itself opened of the answer. Templates of reasoning models end in `<think>`, and the model then
   * never writes that tag: it belongs to the answer's text all the same.
   */
  readonly opened: string;
}

export function renderedPrompt(text: string): RenderedPrompt {
  return { text, opened: /(?:<think(?:ing)?>|\[THINK\])\s*$/.exec(text)?.[0] ?? '' };
}

/** The prompt with the answer's beginning, in the place of what the template opened when that is how it begins. */
export function begun({ text, opened }: RenderedPrompt, prefix: string): RenderedPrompt {
  if (prefix === '') return { text, opened };
  const isOpened = opened !== '' && prefix.trimStart().startsWith(opened.trim());
  const kept = isOpened ? text.slice(0, text.length - opened.length) : text;
  return { text: `${kept}${prefix}`, opened: isOpened ? prefix : `${opened}${prefix}` };
}
