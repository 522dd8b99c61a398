/** Log-probabilities of sampled tokens: against another implementation, against the laws, against frequencies. */
import { describe, expect, it } from 'vitest';
import type { SamplingOptions } from '../../../src/core/schema/run.ts';
import type { SampleRequest, TokenLogprobs } from '../../../src/node/engines/engine.ts';
import {
  ask,
  closesEngines,
  collect,
  generatedModels,
  nano,
  never,
  open,
  problems,
  pythonAnswer,
} from './models.ts';

const model = generatedModels();
closesEngines();

const asking = (request: SampleRequest): SampleRequest => ({ ...request, logprobs: true });
const alone = { name: 'tiny', engine: 'llama', processes: 1, slots: 8 } as const;

/** Of the first token, in many draws: how often each was drawn, and its probability. */
async function firstTokens(draws: number, sampling: Partial<SamplingOptions>) {
  const engine = await open({ ...alone, path: model('tiny') });
  const requests = Array.from({ length: draws }, (_, index) =>
    asking(ask(`${index}`, 'Go.', index, { ...sampling, maxTokens: 1 })),
  );
  const found = new Map<number, { count: number; logprob: number }>();
  for (const { logprobs } of await collect(engine.sample(requests, never))) {
    const [id, logprob] = [logprobs?.ids?.[0] ?? -1, logprobs?.values[0] ?? Number.NaN];
    const entry = found.get(id) ?? { count: 0, logprob };
    // One prompt, one distribution; other batch shapes change the last bits.
    expect(logprob).toBeCloseTo(entry.logprob, 3);
    found.set(id, { ...entry, count: entry.count + 1 });
  }
  return found;
}

describe('log-probabilities of llama.cpp', () => {
  it('are those of transformers on the same weights, at any temperature, to the end token', async () => {
    const engine = await open({ name: 'nano', engine: 'llama', path: nano });
    expect(engine.capabilities.logprobs).toBe('policy');
    const requests = problems(4, 3).map((request, index) =>
      asking({
        ...request,
        sampling: { ...request.sampling, temperature: 0.5 + 0.25 * (index % 4), maxTokens: 160 },
      }),
    );
    const rows = await collect(engine.sample(requests, never));
    const byId = new Map(requests.map((request) => [request.id, request]));
    const samples = rows.map(({ id, logprobs }) => ({
      content: byId.get(id)?.messages?.[0]?.content,
      temperature: byId.get(id)?.sampling.temperature,
      ids: logprobs?.ids,
    }));
    const expected = JSON.parse(
      pythonAnswer(['test/fixtures/logprobs/reference_logprobs.py', nano], JSON.stringify(samples)),
    ) as number[][];
    rows.forEach(({ logprobs, tokens, finish }, index) => {
      const { values, of, ids } = logprobs as TokenLogprobs;
      expect(of).toBe('policy');
      expect(values).toHaveLength(tokens + (finish === 'stop' ? 1 : 0));
      expect(ids).toHaveLength(values.length);
      // Weights and cache are half precision on one side.
      values.forEach((value, place) => {
        expect(value).toBeLessThanOrEqual(0);
        expect(Math.abs(value - (expected[index]?.[place] ?? Number.NaN))).toBeLessThan(0.05);
      });
    });
    expect(rows.some(({ finish }) => finish === 'stop')).toBe(true);
    expect(Math.min(...rows.flatMap(({ logprobs }) => logprobs?.values ?? []))).toBeLessThan(-1);
  });

  it('are as frequent as they say', async () => {
    const draws = 2000;
    const found = [...(await firstTokens(draws, { temperature: 0.7 })).values()];
    const common = found.filter(({ logprob }) => draws * Math.exp(logprob) >= 8);
    expect(common.length).toBeGreaterThan(5);
    const rest = draws - common.reduce((sum, { count }) => sum + count, 0);
    const restExpected = draws * (1 - common.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0));
    const cells = [
      ...common.map(({ count, logprob }) => [count, draws * Math.exp(logprob)] as const),
      [rest, restExpected] as const,
    ];
    const chiSquare = cells.reduce((sum, [count, mean]) => sum + (count - mean) ** 2 / mean, 0);
    const freedom = cells.length - 1;
    expect(chiSquare).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
  });

  it('count the filters in: what is left has the probability 1 together', async () => {
    const found = [...(await firstTokens(300, { topK: 3, temperature: 1 })).values()];
    expect(found).toHaveLength(3);
    expect(found.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 4);
  });

  it('of greedy sampling are those of the model, and nobody gets them unasked', async () => {
    const engine = await open({ ...alone, path: model('tiny') });
    const rows = await collect(
      engine.sample([asking(ask('greedy', 'x', 1, { temperature: 0 })), ask('plain', 'x', 1)], never),
    );
    const greedy = rows.find(({ id }) => id === 'greedy')?.logprobs;
    expect(greedy?.of).toBe('model');
    expect(Math.min(...(greedy?.values ?? []))).toBeLessThan(-0.01);
    expect(rows.find(({ id }) => id === 'plain')).not.toHaveProperty('logprobs');
  });

  it('change no text', async () => {
    const engine = await open({ name: 'nano', engine: 'llama', path: nano, processes: 1, slots: 1 });
    const request = ask('x', 'What is 3 + 4?', 5, { maxTokens: 60 });
    const [plain] = await collect(engine.sample([request], never));
    const [asked] = await collect(engine.sample([asking(request)], never));
    expect(asked?.text).toBe(plain?.text);
  });
});
