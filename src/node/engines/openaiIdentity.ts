/** What a server says of the model that it serves, where it says anything. */
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
    }),
  ),
});

export interface ServedModel {
  /** The model behind the name, where the server tells it. */
  readonly root?: string;
  /** Kind of the server, such as `vllm`. */
  readonly server?: string;
  readonly contextTokens?: number;
  /** Names that the server has, when the one asked for is not among them. */
  readonly others: readonly string[];
}

/** Reads `GET /models`; servers that answer with anything else are not asked twice. */
export function servedModel(list: unknown, model: string): ServedModel {
  const { data } = listSchema.safeParse(list);
  const entries = data?.data ?? [];
  const entry = entries.find(({ id }) => id === model);
  if (entry === undefined) return { others: entries.map(({ id }) => id) };
  const contextTokens = entry.max_model_len ?? undefined;
  return {
    others: [],
    ...(entry.root && entry.root !== model ? { root: entry.root } : {}),
    ...(entry.owned_by ? { server: entry.owned_by } : {}),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}
