/**
 * Keys of served models: in the editor's secret storage, handed to the command line as environment variables, never
 * written down. `reflection.json` only names the variable. A key belongs to the server that it was typed for: a file
 * from somebody else that names the same variable for another server does not get it.
 */
import { readWorkspace } from '../node/workspace/index.ts';
import type { Services } from './services.ts';

/** A variable that holds a key, and the server that it is for. */
export interface ApiKeyName {
  readonly variable: string;
  readonly origin: string;
  /** A model that is reached with it. */
  readonly model: string;
}

function secretName({ variable, origin }: Omit<ApiKeyName, 'model'>): string {
  return `reflection.apiKey ${variable} ${origin}`;
}

/** The keys that the models of a folder name. */
export async function apiKeyNames(folder: string): Promise<ApiKeyName[]> {
  const { config } = await readWorkspace(folder);
  const names = Object.entries(config.models).flatMap(([name, model]): ApiKeyName[] =>
    model.engine === 'openai' && model.apiKeyEnv !== undefined
      ? [{ variable: model.apiKeyEnv, origin: new URL(model.baseUrl).origin, model: name }]
      : [],
  );
  return names;
}

export async function hasApiKey({ context }: Services, name: ApiKeyName): Promise<boolean> {
  return (await context.secrets.get(secretName(name))) !== undefined || Boolean(process.env[name.variable]);
}

/** Keeps a key, or forgets it when it is empty. */
export async function storeApiKey({ context }: Services, name: ApiKeyName, key: string): Promise<void> {
  if (key === '') await context.secrets.delete(secretName(name));
  else await context.secrets.store(secretName(name), key);
}

/** Variables for a command in this folder. One that stands for several servers is left out: it would reach them all. */
export async function apiKeyEnvironment(services: Services, folder: string): Promise<Record<string, string>> {
  const names = await apiKeyNames(folder).catch(() => []);
  const environment: Record<string, string> = {};
  for (const [variable, users] of Map.groupBy(names, (name) => name.variable)) {
    const [only] = users;
    if (only === undefined || users.some(({ origin }) => origin !== only.origin)) continue;
    const key = await services.context.secrets.get(secretName(only));
    if (key !== undefined) environment[variable] = key;
  }
  return environment;
}
