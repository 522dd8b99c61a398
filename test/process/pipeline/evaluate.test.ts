import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleSeed } from '../../../src/core/sampling/index.ts';
import { readArm } from '../../../src/node/comparison/arms.ts';
import { evaluate } from '../../../src/node/pipeline/index.ts';
import { createRun, openRunWriter, readRun, readRunState } from '../../../src/node/runs/index.ts';
import { manifest } from '../runs/fixtures.ts';
import { contentOf, evaluateOptions, lineIds, sums } from './fixtures.ts';
import { memoryEngine } from './memoryEngine.ts';

describe('evaluate', () => {
  it('makes n graded solutions of each problem, with ids and seeds that anyone can work out', async () => {
    const options = await evaluateOptions();
    const result = await evaluate(options);
    expect(result).toMatchObject({
      counts: { wanted: 12, reused: 0, made: 12 },
      failed: 0,
      isInterrupted: false,
    });
    const run = await readRun(options.dir);
    expect(run.faults).toEqual([]);
    expect(run.solutions.map(({ id }) => id)).toEqual(
      sums(4).flatMap(({ id }) => [0, 1, 2].map((index) => `${id}#${index}`)),
    );
    for (const row of run.solutions) {
      expect(row.seed).toBe(sampleSeed(5, row.id));
      const gold = run.problems.find(({ id }) => id === row.problemId)?.answer;
      if (row.finish === 'stop') expect(row.grade).toBe(row.answer === gold ? 'correct' : 'incorrect');
      else expect(row).toMatchObject({ finish: 'length', grade: 'incorrect' });
    }
    expect(new Set(run.solutions.map(({ grade }) => grade)).size).toBeGreaterThan(1);
    expect(await readRunState(options.dir)).toMatchObject({ status: 'done', done: 12, total: 12, n: 3 });
  });

  it('reports a sample only when it is on disk', async () => {
    const options = await evaluateOptions();
    const file = path.join(options.dir, 'solutions.jsonl');
    let seen = 0;
    await evaluate({
      ...options,
      onProgress: ({ sample, done }) => {
        if (sample === undefined) return;
        seen += 1;
        expect(done).toBe(seen);
        const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1);
        expect(JSON.parse(last ?? '')).toEqual(sample);
      },
    });
    expect(seen).toBe(12);
  });

  it('leaves a finished run alone', async () => {
    const options = await evaluateOptions();
    await evaluate(options);
    const events = (await readRun(options.dir)).events.length;
    const engine = memoryEngine();
    const again = await evaluate({ ...options, engine });
    expect(again).toMatchObject({ counts: { wanted: 12, reused: 12, made: 0 }, isInterrupted: false });
    expect(engine.asked).toEqual([]);
    expect((await readRun(options.dir)).events).toHaveLength(events);
  });

  it('interrupted anywhere and resumed, is the run that was never interrupted', async () => {
    const reference = await evaluateOptions();
    await evaluate(reference);
    const whole = await contentOf(reference.dir);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), async (stops) => {
        const options = await evaluateOptions();
        for (const stop of stops) {
          const abort = new AbortController();
          let made = 0;
          const result = await evaluate({
            ...options,
            signal: abort.signal,
            onProgress: ({ sample }) => {
              if (sample !== undefined) made += 1;
              if (made >= stop) abort.abort();
            },
          });
          const { status } = await readRunState(options.dir);
          expect(status).toBe(result.isInterrupted ? 'interrupted' : 'done');
        }
        await evaluate(options);
        expect(await contentOf(options.dir)).toEqual(whole);
        const ids = await lineIds(options.dir, 'solutions.jsonl');
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 8 },
    );
  });

  it('tops up from 2 to 5 samples as if 5 had been asked for', async () => {
    const five = await evaluateOptions({ n: 5 });
    await evaluate(five);
    const options = await evaluateOptions({ n: 2 });
    await evaluate(options);
    expect(await evaluate({ ...options, n: 5 })).toMatchObject({
      counts: { wanted: 20, reused: 8, made: 12 },
    });
    expect(await contentOf(options.dir)).toEqual(await contentOf(five.dir));
    expect((await readRunState(options.dir)).n).toBe(5);
    // Reports and comparisons tell what it has, not what it began with.
    for (const isWhole of [true, false]) {
      const arm = await readArm(options.dir, { isWhole, largeBytes: 0 });
      expect(arm).toMatchObject({ run: { manifest: { n: 5 } } });
    }
  });

  it('writes a failed sample as a row, and makes it again on resuming', async () => {
    const options = await evaluateOptions();
    options.engine.failing.add('sum-1#2');
    expect(await evaluate(options)).toMatchObject({ failed: 1, counts: { made: 12 } });
    const failed = (await readRun(options.dir)).solutions.find(({ id }) => id === 'sum-1#2');
    expect(failed).toMatchObject({ finish: 'error', grade: 'undetermined', error: 'the child died' });
    expect((await readRunState(options.dir)).failed).toBe(1);
    const engine = memoryEngine();
    expect(await evaluate({ ...options, engine })).toMatchObject({
      failed: 0,
      counts: { reused: 11, made: 1 },
    });
    expect(engine.asked).toEqual(['sum-1#2']);
    const untouched = await evaluateOptions();
    await evaluate(untouched);
    expect(await contentOf(options.dir)).toEqual(await contentOf(untouched.dir));
  });

  it('refuses another configuration, and names every field that differs', async () => {
    const options = await evaluateOptions();
    await evaluate(options);
    const before = await readRun(options.dir);
    const other = {
      ...options,
      engine: memoryEngine('def'),
      seed: 6,
      sampling: { ...options.sampling, temperature: 0.6 },
    };
    await expect(evaluate(other)).rejects.toMatchObject({ code: 'run-differs' });
    await expect(evaluate(other)).rejects.toThrow(
      [
        'seed: 5 in the run, 6 asked for',
        'sampling.temperature: 1 in the run, 0.6 asked for',
        'model.sha256: "abc" in the run, "def" asked for',
      ].join('\n  '),
    );
    expect(await readRun(options.dir)).toEqual(before);
  });

  it('is the same run when the model file lies elsewhere', async () => {
    const options = await evaluateOptions();
    await evaluate(options);
    const engine = memoryEngine();
    const moved = { ...engine, identity: { ...engine.identity, path: '/elsewhere.gguf' } };
    expect(await evaluate({ ...options, engine: moved })).toMatchObject({ counts: { reused: 12 } });
  });

  it('records an engine that breaks, keeps what was made, and goes on when called again', async () => {
    const options = await evaluateOptions();
    options.engine.breakAfter = 5;
    await expect(evaluate(options)).rejects.toThrow('the engine broke');
    expect(await readRunState(options.dir)).toMatchObject({ status: 'failed', error: 'the engine broke' });
    expect((await readRun(options.dir)).solutions).toHaveLength(5);
    expect(await evaluate({ ...options, engine: memoryEngine() })).toMatchObject({
      counts: { reused: 5, made: 7 },
    });
  });

  it.skipIf(process.platform !== 'linux')('stops the engine when the disk is full', async () => {
    const options = await evaluateOptions();
    const { engine, dir } = options;
    const filling = {
      ...engine,
      async *sample(...[requests, signal]: Parameters<typeof engine.sample>) {
        await symlink('/dev/full', path.join(dir, 'solutions.jsonl'));
        yield* engine.sample(requests, signal);
      },
    };
    await expect(evaluate({ ...options, engine: filling })).rejects.toMatchObject({ code: 'disk-full' });
    expect(engine.asked).toHaveLength(1);
  });

  it('refuses a run that is being written', async () => {
    const options = await evaluateOptions();
    await evaluate({ ...options, n: 1 });
    const writer = await openRunWriter(options.dir);
    await expect(evaluate(options)).rejects.toMatchObject({ code: 'run-in-use' });
    await writer.close();
  });

  it('refuses problems without a name of their own, none at all, and a run of another kind', async () => {
    const twice = await evaluateOptions({ problems: [...sums(2), ...sums(1)] });
    await expect(evaluate(twice)).rejects.toMatchObject({ code: 'duplicate-id' });
    await expect(evaluate(await evaluateOptions({ problems: [] }))).rejects.toMatchObject({
      code: 'no-problems',
    });
    const other = await evaluateOptions();
    await createRun(other.dir, manifest('run', { kind: 'critique' }), other.problems);
    await expect(evaluate(other)).rejects.toThrow('kind: "critique" in the run, "evaluate" asked for');
  });
});
