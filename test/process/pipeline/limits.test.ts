/** Runs that know what they will take, that end at a budget, and that stop sampling settled problems. */
import { describe, expect, it } from 'vitest';
import type { SampleRequest } from '../../../src/core/protocol/inference.ts';
import { DEFAULT_SETTLED, isSettled } from '../../../src/core/stats/index.ts';
import type { Engine } from '../../../src/node/engines/engine.ts';
import { evaluate, type PipelineProgress } from '../../../src/node/pipeline/index.ts';
import { readRun, readRunState } from '../../../src/node/runs/index.ts';
import { contentOf, evaluateOptions, lineIds, sums } from './fixtures.ts';

/** The engine with so many samples running at any time; `begun` holds the ids of those that were. */
function wideEngine(engine: Engine, width: number): Engine & { readonly begun: string[] } {
  const begun: string[] = [];
  return {
    ...engine,
    begun,
    async *sample(requests, signal, control) {
      const waiting = [...requests];
      const running: SampleRequest[] = [];
      for (;;) {
        while (running.length < width && control?.enough?.aborted !== true) {
          const next = waiting.shift();
          if (next === undefined) break;
          begun.push(next.id);
          running.push(next);
        }
        const first = running.shift();
        if (first === undefined) return;
        yield* engine.sample([first], signal);
      }
    },
  };
}

describe('an estimate', () => {
  it('is told and recorded once a few samples are made, and is not far off', async () => {
    const seen: PipelineProgress[] = [];
    const options = await evaluateOptions({ n: 20, onProgress: (progress) => seen.push(progress) });
    await evaluate(options);
    const at = seen.findIndex(({ estimate }) => estimate !== undefined);
    const estimate = seen[at]?.estimate;
    const samples = 4 * 20 - (estimate?.probed ?? 0);
    expect(estimate).toMatchObject({ samples, probed: 2 });
    const run = await readRun(options.dir);
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'estimate', stage: 'solutions', ...estimate }),
    );
    expect((await readRunState(options.dir)).estimate).toMatchObject(estimate ?? {});
    const rest = run.solutions.slice(estimate?.probed).reduce((sum, { tokens }) => sum + tokens, 0);
    expect(estimate?.tokens).toBeGreaterThan(rest / 2);
    expect(estimate?.tokens).toBeLessThan(rest * 2);
  });

  it('judges by samples from all over the run, and changes none', async () => {
    const options = await evaluateOptions({ problems: sums(30), n: 2 });
    await evaluate(options);
    expect(options.engine.asked.slice(0, 2)).toEqual(['sum-0#0', 'sum-15#0']);
    expect([...new Set(await lineIds(options.dir, 'solutions.jsonl'))]).toHaveLength(60);
  });

  it('is left out of a run that is soon over', async () => {
    const options = await evaluateOptions({ n: 3 });
    await evaluate(options);
    expect((await readRun(options.dir)).events.map(({ type }) => type)).not.toContain('estimate');
  });
});

describe('a budget', () => {
  it('of tokens ends the run in good order; resuming makes the rest', async () => {
    const whole = await evaluateOptions({ n: 6 });
    await evaluate(whole);
    const options = await evaluateOptions({ n: 6, budget: { tokens: 300 } });
    const first = await evaluate(options);
    expect(first).toMatchObject({ isInterrupted: true, spent: 'tokens' });
    expect((await readRunState(options.dir)).status).toBe('interrupted');
    const tokens = (await readRun(options.dir)).solutions.reduce((sum, row) => sum + row.tokens, 0);
    expect(tokens).toBeGreaterThanOrEqual(300);
    expect(tokens).toBeLessThan(400);
    // Each invocation has the budget anew.
    let result = first;
    for (let again = 0; result.isInterrupted && again < 20; again += 1) result = await evaluate(options);
    expect(result).not.toHaveProperty('spent');
    expect(await contentOf(options.dir)).toEqual(await contentOf(whole.dir));
  });

  it('finishes what runs when it is spent: nothing is made twice', async () => {
    const whole = await evaluateOptions({ n: 6 });
    await evaluate(whole);
    const options = await evaluateOptions({ n: 6, budget: { tokens: 300 } });
    const engine = wideEngine(options.engine, 8);
    const heard: string[] = [];
    const first = await evaluate({ ...options, engine, onSpent: (by) => heard.push(by) });
    expect(first).toMatchObject({ isInterrupted: true, spent: 'tokens' });
    expect(heard).toEqual(['tokens']);
    // More than the limit took: what was running then.
    expect(await lineIds(options.dir, 'solutions.jsonl')).toHaveLength(engine.begun.length);
    const { budget: _, ...unlimited } = options;
    await evaluate({ ...unlimited, engine });
    expect(new Set(engine.begun).size).toBe(engine.begun.length);
    expect(await contentOf(options.dir)).toEqual(await contentOf(whole.dir));
  });

  it('of time gives what runs a little more, and then gives it up', async () => {
    // Long enough for the first sample on a machine that is busy.
    const options = await evaluateOptions({ budget: { seconds: 2 } });
    const stuck: Engine = {
      ...options.engine,
      async *sample(requests, signal) {
        for (const [index, request] of requests.entries()) {
          if (index === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve));
          if (signal.aborted) return;
          yield* options.engine.sample([request], signal);
        }
      },
    };
    const startedAt = performance.now();
    const result = await evaluate({ ...options, engine: stuck });
    expect(result).toMatchObject({ isInterrupted: true, spent: 'time', counts: { made: 1 } });
    expect(performance.now() - startedAt).toBeGreaterThan(2000);
  });

  it('of a thousand hours is no budget of none', async () => {
    const options = await evaluateOptions({ budget: { seconds: 3.6e6 } });
    expect(await evaluate(options)).toMatchObject({ isInterrupted: false, counts: { made: 12 } });
  });

  it('of time ends it, too', async () => {
    const options = await evaluateOptions({ problems: sums(200), n: 50, budget: { seconds: 0.05 } });
    const result = await evaluate(options);
    expect(result).toMatchObject({ isInterrupted: true, spent: 'time' });
    expect(result.counts.made).toBeLessThan(10_000);
  });
});

describe('stopping on settled problems', () => {
  const adaptive = { n: 40, settled: DEFAULT_SETTLED, problems: sums(12) };

  it('takes samples until a problem is settled, and no more', async () => {
    const options = await evaluateOptions(adaptive);
    const result = await evaluate(options);
    const run = await readRun(options.dir);
    expect(run.manifest.stopping).toEqual(DEFAULT_SETTLED);
    const taken = Map.groupBy(run.solutions, ({ problemId }) => problemId);
    expect(result).toMatchObject({ isInterrupted: false, counts: { wanted: run.solutions.length } });
    expect(run.solutions.length).toBeLessThan(12 * 40);
    for (const rows of taken.values()) {
      const right = rows.filter(({ grade }) => grade === 'correct').length;
      expect(isSettled(right, rows.length, DEFAULT_SETTLED) || rows.length === 40).toBe(true);
      expect(rows.map(({ index }) => index).sort((a, b) => a - b)).toEqual(rows.map((_, index) => index));
    }
    // A run that is complete is left alone.
    const { length } = options.engine.asked;
    expect(await evaluate(options)).toMatchObject({ counts: { made: 0, reused: length } });
    expect(options.engine.asked).toHaveLength(length);
  });

  it('interrupted anywhere and resumed, is the run that was never interrupted', async () => {
    const whole = await evaluateOptions(adaptive);
    await evaluate(whole);
    const options = await evaluateOptions({ ...adaptive, budget: { tokens: 700 } });
    let attempts = 1;
    while ((await evaluate(options)).isInterrupted) attempts += 1;
    expect(attempts).toBeGreaterThan(3);
    expect(await contentOf(options.dir)).toEqual(await contentOf(whole.dir));
  });

  it('does not try a sample that fails for ever', async () => {
    const options = await evaluateOptions(adaptive);
    options.engine.failing.add('sum-3#2');
    const first = await evaluate(options);
    expect(first.failed).toBe(1);
    expect(options.engine.asked.filter((id) => id === 'sum-3#2')).toHaveLength(1);
    expect((await evaluate(options)).failed).toBe(0);
    const whole = await evaluateOptions(adaptive);
    await evaluate(whole);
    expect(await contentOf(options.dir)).toEqual(await contentOf(whole.dir));
  });

  it('is part of the configuration: a run keeps to its rule', async () => {
    const options = await evaluateOptions(adaptive);
    await evaluate(options);
    const { settled: _, ...fixed } = options;
    await expect(evaluate(fixed)).rejects.toMatchObject({
      code: 'run-differs',
      message: expect.stringContaining('stopping.rule: "settled" in the run, "fixed" asked for'),
    });
  });
});
