import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { openaiModelSchema } from '../../../src/core/schema/model.ts';
import { answer, json, startFaultServer } from './faultServer.ts';
import { collect, never } from './models.ts';
import { connect, opened, requests, sampleAll } from './openaiClient.ts';

describe('keys', () => {
  const key = 'sk-very-secret-0123456789';

  it('come from the named variable and go into the header only', async () => {
    vi.stubEnv('MY_KEY', key);
    const { server, rows, warnings, row } = await sampleAll(
      ({ response, headers, index, ...rest }) =>
        index === 0
          ? json(response, { error: { message: `your key ${headers.authorization} may not do that` } }, 400)
          : answer({ response, headers, index, ...rest }),
      2,
      { apiKeyEnv: 'MY_KEY', concurrency: 1 },
    );
    expect(server.exchanges[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(row).toMatchObject({ finish: 'error', error: expect.stringContaining('***') });
    expect(
      JSON.stringify([rows, warnings, opened.map(({ identity, facts }) => [identity, facts])]),
    ).not.toContain(key);
  });

  it('never stand in an address, which every run would hold', () => {
    const config = { name: 'm', engine: 'openai', model: 'm' };
    const parse = (baseUrl: string) => openaiModelSchema.safeParse({ ...config, baseUrl }).success;
    expect(parse('https://user:secret@host/v1')).toBe(false);
    expect(parse('https://sk-secret@host/v1')).toBe(false);
    expect(parse('https://host/v1')).toBe(true);
  });

  it('of other services are never sent', async () => {
    vi.stubEnv('OPENAI_API_KEY', key);
    const { server } = await sampleAll(answer);
    expect(JSON.stringify(server.exchanges[0]?.headers)).not.toContain(key);
  });

  it('that are missing or refused are told by the name of their variable', async () => {
    const server = await startFaultServer(({ response }) =>
      json(response, { error: { message: 'no' } }, 401),
    );
    await expect(connect(server, { apiKeyEnv: 'NOT_SET_HERE' })).rejects.toMatchObject({
      code: 'key-missing',
      message: expect.stringContaining('NOT_SET_HERE'),
    });
    vi.stubEnv('MY_KEY', key);
    const { engine } = await connect(server, { apiKeyEnv: 'MY_KEY' });
    await expect(collect(engine.sample(requests(3), never))).rejects.toMatchObject({
      code: 'key-refused',
      remedy: expect.stringContaining('MY_KEY'),
    });
  });
});

describe('no server', () => {
  it('is told with its address and a remedy', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    await expect(connect({ baseUrl: `http://127.0.0.1:${port}/v1` })).rejects.toMatchObject({
      code: 'server-unreachable',
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}/v1.*ECONNREFUSED`)),
      remedy: expect.stringContaining('baseUrl'),
    });
  });
});
