import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGradingWorker, type GradingWorker } from '../../src/node/grading/gradingWorker.ts';

const sources = path.resolve(import.meta.dirname, '../../src/node/grading/worker.ts');
let worker: GradingWorker | null = null;

afterEach(() => worker?.dispose());

/** A thread that grades like ours, hangs on `hang`, and dies on `die`. */
function faultyThread(): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'grading-')), 'worker.mjs');
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ id, job }) => {
       if (job.pred === 'hang') for (;;);
       if (job.pred === 'die') throw new Error('out of order');
       parentPort.postMessage({ id, result: { grade: 'correct', answer: job.pred } });
     });
     parentPort.postMessage({ id: -1 });`,
  );
  return file;
}

describe('grading worker', () => {
  it('grades in another thread, in order, many at once', async () => {
    worker = createGradingWorker({ file: sources, timeoutMs: 20_000 });
    const { grade } = worker;
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        grade({ gold: String(i), pred: `\\boxed{${i % 2 === 0 ? i : i + 1}}` }),
      ),
    );
    expect(results.map(({ grade }) => grade)).toEqual(
      results.map((_, i) => (i % 2 === 0 ? 'correct' : 'incorrect')),
    );
    expect(await grade({ text: 'so \\boxed{025}', gold: '25', mode: 'aime' })).toMatchObject({
      grade: 'correct',
    });
  });

  it('gives up a grade that takes too long, and no other one', async () => {
    worker = createGradingWorker({ file: faultyThread(), timeoutMs: 300 });
    const preds = ['1', 'hang', '2', '3', 'hang', '4'];
    const results = await Promise.all(preds.map((pred) => worker?.grade({ gold: '1', pred })));
    expect(results.map((result) => result?.grade)).toEqual(
      preds.map((pred) => (pred === 'hang' ? 'undetermined' : 'correct')),
    );
    expect(results[1]).toMatchObject({ reason: 'timeout', layer: 'worker', answer: 'hang' });
  });

  it('loses only the job that kills the thread', async () => {
    worker = createGradingWorker({ file: faultyThread(), timeoutMs: 5000 });
    const preds = ['1', 'die', '2', 'die', '3'];
    const results = await Promise.all(preds.map((pred) => worker?.grade({ gold: '1', pred })));
    expect(results.map((result) => result?.grade)).toEqual(
      preds.map((pred) => (pred === 'die' ? 'undetermined' : 'correct')),
    );
    expect(results[1]).toMatchObject({ reason: 'error', layer: 'worker' });
  });

  it('settles everything when its file is missing, and when it is disposed', async () => {
    worker = createGradingWorker({ file: path.join(os.tmpdir(), 'no-such-worker.mjs') });
    await expect(worker.grade({ gold: '1', pred: '1' })).rejects.toThrow();
    const hanging = createGradingWorker({ file: faultyThread(), timeoutMs: 60_000 });
    const pending = hanging.grade({ gold: '1', pred: 'hang' });
    hanging.dispose();
    await expect(pending).rejects.toThrow('disposed');
    await expect(hanging.grade({ gold: '1', pred: '1' })).rejects.toThrow('disposed');
  });
});
