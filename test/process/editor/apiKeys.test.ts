import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiKeyEnvironment, apiKeyNames, hasApiKey, storeApiKey } from '../../../src/extension/apiKeys.ts';

type Services = Parameters<typeof apiKeyEnvironment>[0];

/** The editor's secret storage, which survives folders and windows. */
function services(): Services {
  const kept = new Map<string, string>();
  const secrets = {
    get: async (name: string) => kept.get(name),
    store: async (name: string, value: string) => void kept.set(name, value),
    delete: async (name: string) => void kept.delete(name),
  };
  return { context: { secrets } } as unknown as Services;
}

function folderWith(models: Record<string, string>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keys-'));
  const rows = Object.entries(models).map(([name, baseUrl]) => [
    name,
    { engine: 'openai', baseUrl, model: 'big', apiKeyEnv: 'BIG_API_KEY' },
  ]);
  writeFileSync(path.join(folder, 'reflection.json'), JSON.stringify({ models: Object.fromEntries(rows) }));
  return folder;
}

describe('keys of served models', () => {
  it('reach the command as the variable that reflection.json names, until they are forgotten', async () => {
    const editor = services();
    const folder = folderWith({ big: 'https://api.example.com/v1' });
    const [name] = await apiKeyNames(folder);
    if (name === undefined) throw new Error('a key is named');
    expect(await apiKeyEnvironment(editor, folder)).toEqual({});
    await storeApiKey(editor, name, 'sk-1');
    expect(await hasApiKey(editor, name)).toBe(true);
    expect(await apiKeyEnvironment(editor, folder)).toEqual({ BIG_API_KEY: 'sk-1' });
    await storeApiKey(editor, name, '');
    expect(await apiKeyEnvironment(editor, folder)).toEqual({});
  });

  it('are not given to another server that a folder names for the same variable', async () => {
    const editor = services();
    const [name] = await apiKeyNames(folderWith({ big: 'https://api.example.com/v1' }));
    if (name === undefined) throw new Error('a key is named');
    await storeApiKey(editor, name, 'sk-1');
    expect(await apiKeyEnvironment(editor, folderWith({ big: 'https://evil.example/v1' }))).toEqual({});
    const both = folderWith({ big: 'https://api.example.com/v1', bigger: 'https://evil.example/v1' });
    expect(await apiKeyEnvironment(editor, both)).toEqual({});
    const twice = folderWith({ big: 'https://api.example.com/v1', too: 'https://api.example.com/v2' });
    expect(await apiKeyEnvironment(editor, twice)).toEqual({ BIG_API_KEY: 'sk-1' });
  });

  it('are none where reflection.json is broken', async () => {
    const folder = folderWith({});
    writeFileSync(path.join(folder, 'reflection.json'), '{');
    expect(await apiKeyEnvironment(services(), folder)).toEqual({});
  });
});
