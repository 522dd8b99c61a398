/** What a server says of the model that it serves, where it says anything. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const listSchema = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      owned_by: z.string().nullish(),
      /** vLLM: the model behind a name of the operator's choice. */
      root: z.string().nullish(),
      /** vLLM: prompt and answer together. */
      max_model_len: z.int().min(1).nullish(),
      /** llama.cpp: of one slot. */
      meta: z.looseObject({ n_ctx: z.int().min(1).nullish() }).nullish(),
    }),
  ),
});

export interface ServedModel {
  /** The model behind the name, where the server tells it. */
  readonly root?: string;
  /** Kind of the server, such as `vllm`. */
  readonly server?: string;
  readonly contextTokens?: number;
  /** Of the server, where it tells. */
  readonly version?: string;
  readonly templateSha256?: string;
  /** Names that the server has, when the one asked for is not among them. */
  readonly others: readonly string[];
}

/** How llama.cpp's server calls itself. */
export const LLAMA_SERVER = 'llamacpp';

const propsSchema = z.looseObject({
  model_path: z.string().nullish(),
  build_info: z.string().nullish(),
  chat_template: z.string().nullish(),
});

/** What llama.cpp's server tells besides, in `GET /props`: the model file, its own build, the chat template. */
export function llamaServerProps(answer: unknown): {
  root?: string;
  version?: string;
  templateSha256?: string;
} {
  const { data } = propsSchema.safeParse(answer);
  const { model_path: root, build_info: version, chat_template: template } = data ?? {};
  return {
    ...(root ? { root } : {}),
    ...(version ? { version } : {}),
    ...(template ? { templateSha256: createHash('sha256').update(template).digest('hex') } : {}),
  };
}

/** Reads `GET /models`; servers that answer with anything else are not asked twice. */
export function servedModel(list: unknown, model: string): ServedModel {
  const { data } = listSchema.safeParse(list);
  const entries = data?.data ?? [];
  const entry = entries.find(({ id }) => id === model);
  if (entry === undefined) {
    const others = entries.map(({ id }) => id);
    // It answers with its one model, whatever it is asked for.
    return entries[0]?.owned_by === LLAMA_SERVER ? { others, server: LLAMA_SERVER } : { others };
  }
  const contextTokens = entry.max_model_len ?? entry.meta?.n_ctx ?? undefined;
  return {
    others: [],
    ...(entry.root && entry.root !== model ? { root: entry.root } : {}),
    ...(entry.owned_by ? { server: entry.owned_by } : {}),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}
