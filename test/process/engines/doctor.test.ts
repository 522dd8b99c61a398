/** What the doctor says of engines. */
import { describe, expect, it } from 'vitest';
import { probeLlama, probeModelFiles, probeServer } from '../../../src/node/doctor/probes.ts';
import { answer, startFaultServer } from './faultServer.ts';
import { nano, never } from './models.ts';

const served = (baseUrl: string) =>
  ({ name: 'm', engine: 'openai', baseUrl, model: 'm', concurrency: 2, choices: 1, retries: 0 }) as const;

describe('the doctor', () => {
  it('runs the embedded model as a run would, and says how', async () => {
    const finding = await probeLlama(never);
    expect(finding.status).toBe('ok');
    expect(finding.detail).toMatch(/llama\.cpp 3\.21\.1.*device .*, \d+ process(es)? of \d+ threads?/);
  });

  it('looks at the files of models and adapters, and names the one that is no model', async () => {
    const config = { name: 'x', engine: 'llama', path: nano, gpu: 'cpu' } as const;
    expect(await probeModelFiles(config)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('GiB'),
    });
    const lora = [{ path: import.meta.filename, scale: 1 }];
    await expect(probeModelFiles({ ...config, lora })).rejects.toMatchObject({
      code: 'model-not-gguf',
      place: { file: import.meta.filename },
    });
  });

  it('finds out what a server silently does not do', async () => {
    const server = await startFaultServer((exchange) =>
      answer(exchange, { choices: [{ finish_reason: 'stop', message: { content: 'always this' } }] }),
    );
    const finding = await probeServer(served(server.baseUrl), never);
    expect(finding.status).toBe('warning');
    expect(finding.detail).toMatch(/same text/);
    expect(finding.detail).toMatch(/no log-probabilities/);
  });

  it('finds out a server whose seed is one for all requests', async () => {
    const server = await startFaultServer((exchange) =>
      answer(exchange, {
        choices: [{ finish_reason: 'stop', message: { content: `text ${exchange.index}` } }],
      }),
    );
    expect((await probeServer(served(server.baseUrl), never)).detail).toMatch(/same seed/);
  });

  it('is content with a server that does all', async () => {
    const server = await startFaultServer((exchange) => {
      const text = `seed ${exchange.body.seed}`;
      const logprobs = { content: [{ token: text, logprob: -0.5 }] };
      answer(exchange, { choices: [{ finish_reason: 'stop', message: { content: text }, logprobs }] });
    });
    expect(await probeServer(served(server.baseUrl), never)).toMatchObject({ status: 'ok', remedy: '' });
  });
});
