import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineFactsSchema, modelIdentitySchema } from '../../../src/core/schema/run.ts';
import type { Engine, SampleResult } from '../../../src/node/engines/engine.ts';
import { startLoaded } from '../../../src/node/engines/llamaProcess.ts';
import {
  ask,
  closesEngines,
  collect,
  generatedModels,
  nano,
  never,
  open,
  problems,
  textsOf,
  thinkingNano,
} from './models.ts';

const model = generatedModels();
const thinking = thinkingNano();
closesEngines();

describe('the embedded model in its processes', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open({ name: 'nano', engine: 'llama', path: nano });
  });

  it('says what it is and what it used', () => {
    expect(modelIdentitySchema.parse(engine.identity)).toEqual(engine.identity);
    expect(engineFactsSchema.parse(engine.facts)).toEqual(engine.facts);
    expect(engine.identity.sha256).toBe(createHash('sha256').update(readFileSync(nano)).digest('hex'));
    expect(engine.identity.templateSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(engine.facts).toMatchObject({ name: 'llama.cpp', version: expect.stringContaining('3.21.1') });
    if (engine.facts.device === 'cpu') {
      expect(engine.facts).toMatchObject({ threads: 1 });
      expect(engine.facts.processes).toBeLessThanOrEqual(Math.min(8, availableParallelism()));
    }
  });

  it('gives every sample once, finished, without its end token', async () => {
    const requests = problems(6, 12, { maxTokens: 60 });
    const rows = await collect(engine.sample(requests, never));
    expect(rows.map(({ id }) => id).toSorted()).toEqual(requests.map(({ id }) => id).toSorted());
    for (const row of rows) {
      expect(row).not.toHaveProperty('error');
      expect(row.text).not.toContain('<|');
      expect(row.promptTokens).toBeGreaterThan(5);
      expect(row.ms).toBeGreaterThan(0);
      if (row.finish === 'length') expect(row.tokens).toBe(60);
      else expect(row).toMatchObject({ finish: 'stop' });
    }
    expect(new Set(rows.map(({ text }) => text)).size).toBeGreaterThan(12);
  });

  it('keeps think tags', async () => {
    const rows = await collect(engine.sample(problems(4, 8, { maxTokens: 300, temperature: 0.6 }), never));
    expect(rows.some(({ text }) => text.includes('</think>'))).toBe(true);
  });

  it('serves several callers at once, also with equal ids', async () => {
    const sets = [
      problems(3, 4),
      problems(3, 4).map((request) => ({ ...request, seed: request.seed + 7 })),
      problems(2, 9),
    ];
    const answers = await Promise.all(sets.map((requests) => collect(engine.sample(requests, never))));
    answers.forEach((rows, index) => {
      expect(rows.map(({ id }) => id).toSorted()).toEqual(sets[index]?.map(({ id }) => id).toSorted());
    });
  });

  it('keeps callers apart and lets a short call pass a long one', async () => {
    const narrow = await open({ name: 'nano', engine: 'llama', path: nano, processes: 1, slots: 3 });
    const long = problems(6, 8, { maxTokens: 40 }).map((request) => ({
      ...request,
      id: `long-${request.id}`,
    }));
    const short = problems(2, 3, { maxTokens: 40 }).map((request) => ({
      ...request,
      id: `short-${request.id}`,
    }));
    const order: string[] = [];
    const run = async (requests: typeof long, name: string) => {
      const rows: string[] = [];
      for await (const { id } of narrow.sample(requests, never)) rows.push(id);
      order.push(name);
      expect(rows.toSorted()).toEqual(requests.map(({ id }) => id).toSorted());
    };
    await Promise.all([run(long, 'long'), run(short, 'short')]);
    expect(order).toEqual(['short', 'long']);
  });

  it('does nothing for no requests, and nothing when already aborted', async () => {
    expect(await collect(engine.sample([], never))).toEqual([]);
    expect(await collect(engine.sample(problems(1, 3), AbortSignal.abort()))).toEqual([]);
  });

  it('stops soon after an abort, delivers what was finished and nothing else', async () => {
    const controller = new AbortController();
    const requests = problems(40, 16, { maxTokens: 200, temperature: 0.6 });
    const ids = new Set<string>();
    let abortedAt = 0;
    for await (const row of engine.sample(requests, controller.signal)) {
      expect(['stop', 'length']).toContain(row.finish);
      expect(row).not.toHaveProperty('error');
      ids.add(row.id);
      if (ids.size === 10) {
        abortedAt = performance.now();
        controller.abort();
      }
    }
    expect(performance.now() - abortedAt).toBeLessThan(2000);
    expect(ids.size).toBeGreaterThanOrEqual(10);
    expect(ids.size).toBeLessThan(requests.length);
    expect(await collect(engine.sample(problems(2, 2), never))).toHaveLength(4);
  });

  it('begins nothing more when it is enough, and finishes what runs', async () => {
    const slots = 4;
    const engine = await open({ name: 'nano', engine: 'llama', path: nano, processes: 1, slots });
    const enough = new AbortController();
    const ids: string[] = [];
    const requests = problems(10, 8, { maxTokens: 60, temperature: 0.6 });
    for await (const row of engine.sample(requests, never, { enough: enough.signal })) {
      expect(['stop', 'length']).toContain(row.finish);
      ids.push(row.id);
      if (ids.length === 10) enough.abort();
    }
    // Every slot had been refilled by then.
    expect(ids.length).toBeGreaterThanOrEqual(10 + slots);
    expect(ids.length).toBeLessThan(10 + 4 * slots);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await collect(engine.sample(requests, never, { enough: AbortSignal.abort() }))).toEqual([]);
    expect(await collect(engine.sample(problems(2, 2), never))).toHaveLength(4);
  });

  it('is free again when a caller stops listening', async () => {
    for await (const row of engine.sample(problems(40, 16, { maxTokens: 200 }), never)) {
      expect(row.text).toBeDefined();
      break;
    }
    expect(await collect(engine.sample(problems(2, 2), never))).toHaveLength(4);
  });
});

describe('with one process and one slot', () => {
  const alone = { name: 'nano', engine: 'llama', path: nano, processes: 1, slots: 1 } as const;

  it('the same seeds give the same texts, whatever else is generated, in any order, in another process', async () => {
    const requests = problems(4, 3, { maxTokens: 80 });
    const others = problems(3, 2, { maxTokens: 30 }).map((request) => ({
      ...request,
      id: `other-${request.id}`,
      seed: 5,
    }));
    const [first, second] = [await open(alone), await open(alone)];
    expect(first.facts).toMatchObject({ processes: 1, slots: 1, threads: 1 });
    const straight = textsOf(await collect(first.sample(requests, never)));
    const mixed = [...others.slice(0, 2), ...requests.toReversed(), ...others.slice(2)];
    const again = textsOf(await collect(second.sample(mixed, never)));
    for (const { id } of requests) expect(again.get(id)).toBe(straight.get(id));
    expect(new Set(straight.values()).size).toBeGreaterThan(6);
  });

  it('obeys every sampling parameter', async () => {
    const engine = await open({ ...alone, path: model('tiny') });
    const text = async (seed: number, sampling: object) => {
      const [row] = await collect(engine.sample([ask('x', 'Say something.', seed, sampling)], never));
      return row?.text;
    };
    const greedy = await text(1, { temperature: 0 });
    expect(await text(2, { temperature: 0 })).toBe(greedy);
    expect(await text(3, { topK: 1 })).toBe(greedy);
    expect(await text(4, { minP: 1 })).toBe(greedy);
    expect(await text(5, { topP: 1e-6 })).toBe(greedy);
    expect(await text(6, {})).not.toBe(greedy);
    expect(await text(7, {})).not.toBe(await text(6, {}));
    const [short] = await collect(engine.sample([ask('x', 'Say something.', 1, { maxTokens: 3 })], never));
    expect(short).toMatchObject({ tokens: 3, finish: 'length' });
  });

  it('draws first tokens from one distribution whatever the family of seeds', async () => {
    const engine = await open({ ...alone, path: model('tiny'), slots: 16 });
    const draws = 1500;
    const families = [0, 1].map((family) =>
      Array.from({ length: draws }, (_, index) =>
        ask(`${index}`, 'Go.', family * 2 ** 20 + index, { maxTokens: 1 }),
      ),
    );
    const counts = await Promise.all(
      families.map(async (requests) => {
        const tally = new Map<string, number>();
        for await (const { text } of engine.sample(requests, never))
          tally.set(text, (tally.get(text) ?? 0) + 1);
        return tally;
      }),
    );
    // Two-sample chi-square over the texts that are common enough, the rest together.
    const [a, b] = [counts[0] ?? new Map<string, number>(), counts[1] ?? new Map<string, number>()];
    const common = [...a.keys()].filter((text) => (a.get(text) ?? 0) + (b.get(text) ?? 0) >= 20);
    expect(common.length).toBeGreaterThan(5);
    const pairs = common.map((text) => [a.get(text) ?? 0, b.get(text) ?? 0] as const);
    const [restA, restB] = [0, 1].map(
      (side) => draws - pairs.reduce((sum, pair) => sum + (pair[side] ?? 0), 0),
    );
    const cells = [...pairs, [restA ?? 0, restB ?? 0] as const].filter(([x, y]) => x + y > 0);
    const chiSquare = cells.reduce((sum, [x, y]) => sum + (x - y) ** 2 / (x + y), 0);
    // Mean = degrees of freedom, standard deviation = sqrt(2 df): four of them.
    const freedom = cells.length - 1;
    expect(chiSquare).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
  });
});

describe('texts that are watched', () => {
  it('are shown while they grow, and are not the results', async () => {
    const engine = await open({ name: 'nano', engine: 'llama', path: nano, processes: 1, slots: 4 });
    const requests = problems(8, 8, { maxTokens: 250, temperature: 0.8 });
    const heard: [string, string][] = [];
    const rows = await collect(
      engine.sample(requests, never, { onPartial: (id, text) => void heard.push([id, text]) }),
    );
    const texts = textsOf(rows);
    expect(texts.size).toBe(requests.length);
    expect(heard.length).toBeGreaterThan(1);
    for (const [id, text] of heard) expect(texts.get(id)?.startsWith(text)).toBe(true);
    expect(heard.some(([id, text]) => text.length < (texts.get(id)?.length ?? 0))).toBe(true);
    const before = heard.length;
    await collect(engine.sample(problems(2, 2), never));
    expect(heard).toHaveLength(before);
  });
});

describe('many slots', () => {
  it('give the same texts again in the same batches', async () => {
    const engine = await open({ name: 'nano', engine: 'llama', path: nano, processes: 1, slots: 12 });
    // As many as slots: none is refilled at a moment of its own.
    const requests = problems(3, 4, { maxTokens: 60 });
    const first = textsOf(await collect(engine.sample(requests, never)));
    const again = textsOf(await collect(engine.sample(requests, never)));
    expect(again).toEqual(first);
  });

  it('give nearly the texts of one slot: other batch shapes change the last bits only', async () => {
    const config = { name: 'nano', engine: 'llama', path: nano, processes: 1 } as const;
    const requests = problems(6, 6, { maxTokens: 60, temperature: 0.8 });
    const [one, many] = [await open({ ...config, slots: 1 }), await open({ ...config, slots: 16 })];
    const expected = textsOf(await collect(one.sample(requests, never)));
    const found = textsOf(await collect(many.sample(requests, never)));
    const equal = requests.filter(({ id }) => expected.get(id) === found.get(id)).length;
    expect(equal).toBeGreaterThanOrEqual(requests.length - 3);
  });
});

describe('prompts and contexts', () => {
  const small = () =>
    ({ name: 'tiny', engine: 'llama', path: model('tiny'), processes: 1, slots: 4 }) as const;

  it('makes a prompt that is too long an error of that sample, with both numbers', async () => {
    const engine = await open(small());
    const requests = [ask('long', 'x'.repeat(600), 1), ask('fits', 'x', 1)];
    const rows = await collect(engine.sample(requests, never));
    const long = rows.find(({ id }) => id === 'long');
    expect(long).toMatchObject({ finish: 'error', text: '' });
    expect(long?.error).toMatch(/6\d\d tokens.* 512/);
    expect(rows.find(({ id }) => id === 'fits')).toMatchObject({ finish: 'length', tokens: 40 });
  });

  it('takes prompts up to the last free place and ends a text when the context is full', async () => {
    const engine = await open(small());
    const [probe] = await collect(engine.sample([ask('probe', 'x', 1, { maxTokens: 1 })], never));
    const overhead = (probe?.promptTokens ?? 0) - 1;
    const lengths = [509, 510, 511, 512].map((length) => length - overhead);
    const requests = lengths.map((length) =>
      ask(`${length + overhead}`, 'x'.repeat(length), 1, { maxTokens: 100 }),
    );
    const rows = new Map((await collect(engine.sample(requests, never))).map((row) => [row.id, row]));
    expect(rows.get('512')).toMatchObject({ finish: 'error' });
    for (const length of [509, 510, 511]) {
      const row = rows.get(String(length));
      expect(row).toMatchObject({ promptTokens: length });
      if (row?.finish === 'length') expect(length + row.tokens).toBe(512);
    }
  });

  it('takes raw prompts as they are', async () => {
    const engine = await open(small());
    const raw = 'The answer is';
    const [row] = await collect(
      engine.sample([{ ...ask('raw', '', 1), messages: undefined, raw }, ask('chat', raw, 1)], never),
    );
    expect(row).toMatchObject({ id: 'raw', promptTokens: raw.length, finish: 'length' });
    const [empty] = await collect(
      engine.sample([{ ...ask('raw', '', 1), messages: undefined, raw: '' }], never),
    );
    expect(empty).toMatchObject({ finish: 'error', error: expect.stringContaining('empty') });
  });

  it('gives an answer the reasoning tag that the template opened', async () => {
    const engine = await open({ ...small(), path: model('think') });
    const [row] = await collect(engine.sample([ask('x', 'y', 1)], never));
    expect(row?.text.startsWith('<think>\n')).toBe(true);
  });

  it('goes on with a thought that the template opened', async () => {
    const engine = await open({ ...small(), path: thinking() });
    const request = ask('x', 'What is 3 + 4?', 1, { maxTokens: 250, temperature: 0 });
    const [whole] = await collect(engine.sample([request], never));
    const text = whole?.text ?? '';
    expect(text).toMatch(/^<think>\n.+\n<\/think>\n\\boxed/s);
    const prefix = text.slice(0, text.indexOf('\n', 9) + 1);
    const [begun] = await collect(engine.sample([{ ...request, prefix }], never));
    expect(begun).toMatchObject({ text, finish: 'stop' });
    // What it went on from is prompt now, with one tag and not two.
    const tokens = (row?: SampleResult) => (row?.promptTokens ?? 0) + (row?.tokens ?? 0);
    expect(tokens(begun)).toBe(tokens(whole));
  });

  it.each([
    ['no-template', /no chat template/],
    ['bad-template', /chat template cannot be used/],
  ])('tells what is wrong with %s', async (name, error) => {
    const engine = await open({ ...small(), path: model(name) });
    const [row] = await collect(engine.sample([ask('x', 'y', 1)], never));
    expect(row).toMatchObject({ finish: 'error', error: expect.stringMatching(error) });
  });

  it("passes on a template's objection", async () => {
    const engine = await open({ ...small(), path: model('strict-template') });
    const request = ask('x', 'y', 1);
    const system = { role: 'system', content: 'z' } as const;
    const rows = await collect(
      engine.sample(
        [{ ...request, id: 'refused', messages: [system, ...(request.messages ?? [])] }, request],
        never,
      ),
    );
    expect(rows.find(({ id }) => id === 'refused')?.error).toContain('no system message, please');
    expect(rows.find(({ id }) => id === 'x')).toMatchObject({ finish: 'length' });
  });

  it('clamps a wished context to what the model was trained on', async () => {
    const engine = await open({ ...small(), contextTokens: 2_000_000_000 });
    expect(engine.facts.contextTokens).toBe(512);
  });

  it('plans within memory when the file claims two thousand million positions', async () => {
    const engine = await open({ ...small(), path: model('long-context') });
    expect(engine.facts.contextTokens).toBeLessThanOrEqual(16_384);
    // A thousandth of half the free memory: far less than what is wished for.
    const options = {
      path: model('long-context'),
      gpu: 'cpu',
      threads: 1,
      slots: 4,
      contextTokens: 2e9,
      processes: 1000,
      lora: [],
    } as const;
    const { process, description } = await startLoaded(options, never);
    expect(description.contextTokens).toBeLessThan(1e6);
    expect(description.slots).toBeGreaterThanOrEqual(1);
    await process.close();
  });
});

describe('a long prompt with many samples', () => {
  it('is evaluated once and copied to the other slots, which changes no text', async () => {
    const config = { name: 'nano', engine: 'llama', path: nano, processes: 1 } as const;
    const question = Array.from({ length: 20 }, (_, index) => `What is ${index} + ${index * 3}?`).join(' ');
    const requests = Array.from({ length: 24 }, (_, index) =>
      ask(`s${index}`, question, index, { maxTokens: 30 }),
    );
    const [one, many] = [await open({ ...config, slots: 1 }), await open({ ...config, slots: 8 })];
    const expected = textsOf(await collect(one.sample(requests, never)));
    const rows = await collect(many.sample(requests, never));
    for (const row of rows) expect(row).not.toHaveProperty('error');
    expect(rows[0]?.promptTokens).toBeGreaterThan(200);
    const found = textsOf(rows);
    const equal = requests.filter(({ id }) => expected.get(id) === found.get(id)).length;
    expect(equal).toBeGreaterThanOrEqual(requests.length - 2);
    expect(new Set(found.values()).size).toBeGreaterThan(6);
  });
});
