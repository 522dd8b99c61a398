import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGradingWorker } from '../../../src/node/grading/gradingWorker.ts';
import { critique, evaluate } from '../../../src/node/pipeline/index.ts';
import { identifyProblems } from '../../../src/node/problems/readProblems.ts';
import { readRun, readRunState } from '../../../src/node/runs/index.ts';
import { contentOf, evaluateOptions, sums } from './fixtures.ts';
import { memoryEngine } from './memoryEngine.ts';

/** The threads that are started from now on, and how many of them have ended. */
function watchThreads() {
  const seen = { started: 0, ended: [] as Promise<unknown>[] };
  const count = (worker: Worker) => {
    seen.started += 1;
    seen.ended.push(new Promise((resolve) => worker.once('exit', resolve)));
  };
  process.on('worker', count);
  onTestFinished(() => {
    process.off('worker', count);
  });
  return seen;
}

/** Hangs on the answer to one problem, dies of another, and calls all the others right, by a layer of its own. */
function faultyGrader(hangsOn: string, diesOf: string) {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'grading-')), 'worker.mjs');
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ id, job }) => {
       if (job.gold === '${hangsOn}') for (;;);
       if (job.gold === '${diesOf}') throw new Error('out of order');
       parentPort.postMessage({ id, result: {
         grade: 'correct', answer: job.gold, reason: 'equal', layer: job.policy.name, normalised: {}, doubt: [] } });
     });
     parentPort.postMessage({ id: -1 });`,
  );
  const worker = createGradingWorker({ file, timeoutMs: 300 });
  onTestFinished(() => worker.dispose());
  return worker;
}

describe('the grades of a run', () => {
  it('come from one thread, which ends with the run, and are those of the grader itself', async () => {
    const here = await evaluateOptions();
    await evaluate(here);
    const threads = watchThreads();
    const { grader: _, ...options } = await evaluateOptions();
    await evaluate(options);
    expect(threads.started).toBe(1);
    await Promise.all(threads.ended);
    expect(await contentOf(options.dir)).toEqual(await contentOf(here.dir));
  });

  it('leave no thread behind when the engine breaks', async () => {
    const threads = watchThreads();
    const { grader: _, ...options } = await evaluateOptions();
    options.engine.breakAfter = 2;
    await expect(evaluate(options)).rejects.toThrow('the engine broke');
    expect(threads.started).toBe(1);
    await Promise.all(threads.ended);
  });

  it('are undetermined where the thread hung or died, and the run goes on', async () => {
    const [, hanging, deadly] = sums(4);
    const grader = faultyGrader(hanging?.answer ?? '', deadly?.answer ?? '');
    const options = await evaluateOptions({ grader, n: 2, policy: 'boxed' });
    expect(await evaluate(options)).toMatchObject({ failed: 0, isInterrupted: false });
    const { solutions } = await readRun(options.dir);
    const outcomes = solutions.map(({ grade, reason, layer }) => `${grade} ${reason} ${layer}`);
    expect(outcomes).toEqual([
      ...Array(2).fill('correct equal boxed'),
      ...Array(2).fill('undetermined timeout worker'),
      ...Array(2).fill('undetermined error worker'),
      ...Array(2).fill('correct equal boxed'),
    ]);
    expect((await readRunState(options.dir)).status).toBe('done');
  });

  it('of written solutions come from a thread, too', async () => {
    const [first, hanging, deadly] = sums(3);
    const grader = faultyGrader(hanging?.answer ?? '', deadly?.answer ?? '');
    const problems = [first, hanging, deadly].flatMap((problem) =>
      problem === undefined ? [] : [{ ...problem, solution: `\\boxed{${problem.answer}}` }],
    );
    const problemSet = identifyProblems('written', null, problems);
    const options = await evaluateOptions({ grader });
    await critique({ ...options, n: 1, source: { kind: 'problems', problems, problemSet } });
    const { solutions } = await readRun(options.dir);
    expect(solutions.map(({ reason }) => reason)).toEqual(['equal', 'timeout', 'error']);
  });
});

describe('the grading policy', () => {
  it('is recorded, belongs to the configuration, and passes on to critiques of the run', async () => {
    const options = await evaluateOptions({ policy: 'boxed' });
    await evaluate(options);
    expect((await readRun(options.dir)).manifest.grader?.policy).toBe('boxed');
    await expect(evaluate({ ...options, policy: 'lenient' })).rejects.toThrow(
      'grader.policy: "boxed" in the run, "lenient" asked for',
    );
    const { policy: _, ...critics } = await evaluateOptions();
    await critique({
      ...critics,
      engine: memoryEngine(),
      n: 1,
      source: { kind: 'run', dir: options.dir },
    });
    expect((await readRun(critics.dir)).manifest.grader?.policy).toBe('boxed');
  });

  it('grades the solutions of a run anew when its critiques go by another one', async () => {
    const options = await evaluateOptions({ policy: 'boxed' });
    await evaluate(options);
    const before = (await readRun(options.dir)).solutions;
    const critics = await evaluateOptions({ grader: faultyGrader('none', 'none'), policy: 'lenient' });
    const source = { kind: 'run', dir: options.dir } as const;
    await critique({ ...critics, n: 1, source });
    const { manifest, solutions, critiques } = await readRun(critics.dir);
    expect(manifest.grader?.policy).toBe('lenient');
    expect(solutions.map(({ id, text }) => ({ id, text }))).toEqual(
      before.filter(({ finish }) => finish === 'stop').map(({ id, text }) => ({ id, text })),
    );
    expect(new Set([...solutions, ...critiques].map(({ layer }) => layer))).toEqual(new Set(['lenient']));
    // Topping it up says no policy again.
    const { policy: _, ...again } = critics;
    await critique({ ...again, n: 2, source });
    expect((await readRun(critics.dir)).manifest.grader?.policy).toBe('lenient');
  });

  it('must be a known one', async () => {
    const options = await evaluateOptions({ policy: 'boxd' });
    await expect(evaluate(options)).rejects.toMatchObject({
      code: 'policy-unknown',
      remedy: 'Did you mean boxed?',
    });
  });
});
