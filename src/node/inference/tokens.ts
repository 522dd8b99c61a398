/** From a request to the tokens of its prompt, and from generated tokens back to text. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { SampleRequest } from '../../core/protocol/inference.ts';
import { begun } from './answerBeginning.ts';
import { type PromptRenderer, promptRenderer } from './chatTemplate.ts';

export interface Prompt {
  /** Equal keys, equal prompts. */
  readonly key: string;
  readonly tokens: readonly Token[];
  /** What the answer begins with already: `<think>\n` of a chat template, or what a request asks to go on from. */
  readonly opened: string;
}

/** Tags of reasoning that some models have as control tokens, which carry no text otherwise. */
const REASONING_TAG = /^(<\/?think(ing)?>|\[\/?THINK\])$/;

/** Makes prompts for one model and one context size. What it throws is the error of that sample. */
export function promptMaker(model: LlamaModel, contextTokens: number): (request: SampleRequest) => Prompt {
  const render = lazyRenderer(model);
  let latest: Prompt | undefined;
  return (request) => {
    const rendered = request.raw === undefined ? undefined : { text: request.raw, opened: '' };
    const { text, opened } = rendered ?? begun(render()(request.messages ?? []), request.prefix ?? '');
    // Samples of one prompt follow each other.
    if (latest?.key !== text) latest = { key: text, tokens: tokenize(model, text, request), opened };
    const count = latest.tokens.length;
    if (count === 0) throw new Error('The prompt is empty.');
    // One position always stays free: the bindings would cut a prompt that fills the context.
    if (count >= contextTokens) {
      throw new Error(
        `The prompt has ${count} tokens and the context holds ${contextTokens}. ` +
          'Shorten the prompt, or give the model a larger contextTokens.',
      );
    }
    return latest;
  };
}

function lazyRenderer(model: LlamaModel): () => PromptRenderer {
  let renderer: PromptRenderer | undefined;
  return () => {
    if (renderer !== undefined) return renderer;
    const template = chatTemplateOf(model);
    if (template === null) {
      throw new Error(
        'The model file has no chat template. Use an instruction-tuned model, or a raw prompt.',
      );
    }
    const { bosString, eosString } = model.tokens;
    renderer = promptRenderer(template, { bos: bosString ?? '', eos: eosString ?? '' });
    return renderer;
  };
}

export function chatTemplateOf(model: LlamaModel): string | null {
  return model.fileInfo.metadata.tokenizer?.chat_template ?? null;
}

/** A chat template writes its own first token; a raw prompt gets the one that the model asks for. */
function tokenize(model: LlamaModel, text: string, request: SampleRequest): Token[] {
  const tokens = model.tokenize(text, true);
  const { bos, shouldPrependBosToken } = model.tokens;
  if (request.raw === undefined || !shouldPrependBosToken || bos === null || tokens[0] === bos) return tokens;
  return [bos, ...tokens];
}

/** Control tokens carry no text, but for the tags of reasoning. */
export function answerText(model: LlamaModel, prompt: Prompt, tokens: readonly Token[]): string {
  const written = tokens.filter(
    (token) => !model.isSpecialToken(token) || REASONING_TAG.test(model.detokenize([token], true)),
  );
  // The prompt's end decides on a leading space in SentencePiece vocabularies.
  return prompt.opened + model.detokenize(written, true, prompt.tokens);
}

/** How far back a token's text depends on the tokens before it, and how many tokens one character can take. */
const TEXT_CONTEXT = 8;
const TOKENS_OF_A_CHARACTER = 4;

/**
 * The text of each token: joined they are the answer without what the template opened. A character of several tokens
 * stands with its last one; control tokens have no text.
 */
export function tokenTexts(model: LlamaModel, prompt: Prompt, tokens: readonly Token[]): string[] {
  const texts: string[] = [];
  let before = prompt.tokens.slice(-TEXT_CONTEXT);
  let open: Token[] = [];
  for (const token of tokens) {
    if (model.isSpecialToken(token) && !REASONING_TAG.test(model.detokenize([token], true))) {
      texts.push('');
      continue;
    }
    open.push(token);
    const text = model.detokenize(open, true, before);
    if (text.endsWith('\uFFFD') && open.length < TOKENS_OF_A_CHARACTER) {
      texts.push('');
      continue;
    }
    texts.push(text);
    before = [...before, ...open].slice(-TEXT_CONTEXT);
    open = [];
  }
  return texts;
}
