/** What the tests of the server engine share: an engine on a server, and requests. */
import { afterEach, vi } from 'vitest';
import type { OpenaiModelConfig } from '../../../src/core/schema/model.ts';
import type { Engine, SampleResult } from '../../../src/node/engines/engine.ts';
import { openaiEngine } from '../../../src/node/engines/openai.ts';
import { type Behaviour, type FaultServer, startFaultServer } from './faultServer.ts';
import { ask, collect, never } from './models.ts';

export const opened: Engine[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

export async function connect(server: Pick<FaultServer, 'baseUrl'>, config: Partial<OpenaiModelConfig> = {}) {
  const warnings: string[] = [];
  const engine = await openaiEngine.connect(
    {
      name: 'm',
      engine: 'openai',
      baseUrl: server.baseUrl,
      model: 'm',
      concurrency: 4,
      choices: 1,
      retries: 2,
      ...config,
    },
    never,
    { onWarning: (message) => warnings.push(message) },
  );
  opened.push(engine);
  return { engine, warnings };
}

export const requests = (count: number, prompt = (index: number) => `question ${index}`) =>
  Array.from({ length: count }, (_, index) =>
    ask(`s${index}`, prompt(index), index, { temperature: 0.7, topP: 0.9, maxTokens: 50 }),
  );

export async function sampleAll(behave: Behaviour, count = 1, config: Partial<OpenaiModelConfig> = {}) {
  const server = await startFaultServer(behave);
  const { engine, warnings } = await connect(server, config);
  const rows = await collect(engine.sample(requests(count), never));
  return { server, rows, warnings, row: rows[0] as SampleResult };
}
