import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scftRecordSchema } from '../../../src/core/schema/dataset.ts';
import { datasetFromRun, sample } from '../../../src/node/pipeline/index.ts';
import { appendReview, readRun, readRunState } from '../../../src/node/runs/index.ts';
import { contentOf, lineIds, sampleOptions, scft } from './fixtures.ts';
import { memoryEngine } from './memoryEngine.ts';

async function recordsOf(file: string | undefined) {
  const lines = (await readFile(file ?? '', 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => scftRecordSchema.parse(JSON.parse(line)));
}

describe('sample', () => {
  it('writes a dataset at the mix, its meta file, and why each other candidate was dropped', async () => {
    const options = await sampleOptions();
    const { dataset } = await sample(options);
    const records = await recordsOf(dataset?.file);
    expect(records.length).toBeGreaterThan(10);
    const i2c = records.filter(({ type }) => type === 'i2c').length;
    expect(i2c).toBe(Math.round((records.length * 2) / 3));
    expect(dataset?.meta).toMatchObject({ records: records.length, i2c, mix: [2, 1], shortfall: null });
    const run = await readRun(options.dir);
    const critiqued = new Set(run.critiques.map(({ solutionId }) => solutionId));
    const uncritiqued = run.solutions.filter(({ id }) => !critiqued.has(id)).length;
    expect(run.dropped.length + records.length).toBe(run.critiques.length + uncritiqued);
  });

  it('criticises wrong solutions n times, and right ones no more than the mix needs', async () => {
    const options = await sampleOptions();
    const { dataset } = await sample(options);
    const { solutions, critiques } = await readRun(options.dir);
    const about = Map.groupBy(critiques, ({ solutionId }) => solutionId);
    for (const { id, grade, finish } of solutions) {
      const count = about.get(id)?.length ?? 0;
      if (grade === 'incorrect' && finish === 'stop') expect(count).toBe(3);
      else expect(count).toBeLessThanOrEqual(1);
    }
    const kept = critiques.filter(({ transition }) => transition === 'c→c');
    expect(dataset?.meta).toMatchObject({ c2c: kept.length });
  });

  it('does not criticise right solutions when none are wanted', async () => {
    const options = await sampleOptions({ dataset: scft({ mix: [1, 0] }) });
    const { dataset } = await sample(options);
    const { critiques } = await readRun(options.dir);
    expect(critiques.every(({ transition }) => transition?.startsWith('i') ?? false)).toBe(true);
    expect(dataset?.meta).toMatchObject({ c2c: 0 });
  });

  it('keeps to the size, and explains when it cannot be met', async () => {
    const options = await sampleOptions({ dataset: scft({ size: 9 }) });
    expect((await sample(options)).dataset?.meta).toMatchObject({
      records: 9,
      i2c: 6,
      c2c: 3,
      shortfall: null,
    });
    const large = await sample(await sampleOptions({ dataset: scft({ size: 1500 }) }));
    expect(large.dataset?.meta.shortfall).toMatch(/of 1500 records/);
  });

  it('interrupted anywhere and resumed, makes the same dataset', async () => {
    const reference = await sampleOptions();
    const whole = await sample(reference);
    const bytes = await readFile(whole.dataset?.file ?? '', 'utf8');
    const content = await contentOf(reference.dir);
    const all = content.solutions.length + content.critiques.length;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(all), { minLength: 1, maxLength: 3 }), async (stops) => {
        const options = await sampleOptions();
        for (const stop of stops) {
          const abort = new AbortController();
          let made = 0;
          const { isInterrupted, dataset } = await sample({
            ...options,
            signal: abort.signal,
            onProgress: (progress) => {
              if (progress.sample !== undefined) made += 1;
              if (made >= stop) abort.abort();
            },
          });
          expect(dataset === null).toBe(isInterrupted);
        }
        const { dataset } = await sample(options);
        expect(await contentOf(options.dir)).toEqual(content);
        expect(await readFile(dataset?.file ?? '', 'utf8')).toBe(bytes);
        const ids = await lineIds(options.dir, 'critiques.jsonl');
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 5 },
    );
  });

  it('called again changes nothing, not even a file', async () => {
    const options = await sampleOptions();
    const first = await sample(options);
    const engine = memoryEngine();
    const again = await sample({ ...options, engine });
    expect(engine.asked).toEqual([]);
    expect(again.dataset).toEqual({ ...first.dataset, isUnchanged: true });
    expect(again.counts.made).toBe(0);
  });

  it('does not try a critique that fails for ever', async () => {
    const options = await sampleOptions();
    await sample(options);
    const right = (await readRun(options.dir)).critiques.find(({ transition }) => transition === 'c→c');
    const again = await sampleOptions();
    again.engine.failing.add(right?.id ?? '');
    expect(await sample(again)).toMatchObject({ failed: 1 });
    expect(again.engine.asked.filter((id) => id === right?.id)).toHaveLength(1);
    expect((await readRunState(again.dir)).status).toBe('done');
    expect(await sample({ ...again, engine: memoryEngine() })).toMatchObject({ failed: 0 });
  });
});

describe('the file of a dataset', () => {
  it('is never one that somebody has: neither their problems nor a dataset that they changed', async () => {
    const plain = await sampleOptions();
    const output = path.join(path.dirname(plain.dir), 'data.jsonl');
    const options = { ...plain, dataset: { ...scft(), output } };
    await writeFile(output, '{"problem": "What is 1+1?"}\n');
    await expect(sample(options)).rejects.toMatchObject({ code: 'file-exists', place: { file: output } });
    expect(options.engine.asked).toEqual([]);
    expect(await readFile(output, 'utf8')).toContain('1+1');
    await rm(output);
    await sample(options);
    await appendFile(output, '{"id": "mine"}\n');
    const again = { kind: 'scft', mix: [1, 1], size: null, output } as const;
    await expect(datasetFromRun(options.dir, again)).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(output, 'utf8')).toContain('mine');
  });

  it('is written again by the run that was killed before it could say so', async () => {
    const plain = await sampleOptions();
    const output = path.join(path.dirname(plain.dir), 'data.jsonl');
    const options = { ...plain, dataset: { ...scft(), output } };
    const { dataset } = await sample(options);
    await rm(dataset?.metaFile ?? '');
    expect((await sample(options)).dataset?.meta.sha256).toBe(dataset?.meta.sha256);
    // Another mix is another file, and the one before is still as it was written.
    const other = await datasetFromRun(options.dir, { kind: 'scft', mix: [1, 1], size: null, output });
    expect(other.meta.sha256).not.toBe(dataset?.meta.sha256);
  });
});

describe('a dataset from a run', () => {
  it('honours reviews and samples nothing', async () => {
    const options = await sampleOptions();
    const { dataset } = await sample(options);
    const [first, ...others] = await recordsOf(dataset?.file);
    const output = path.join(path.dirname(options.dir), 'reviewed.jsonl');
    const review = { critiqueId: first?.id ?? '', by: 'ada', at: '2026-01-01T00:00:00Z' };
    await appendReview(options.dir, { ...review, decision: 'reject' });
    const reviewed = await datasetFromRun(options.dir, { kind: 'scft', mix: [2, 1], size: null, output });
    expect((await recordsOf(output)).map(({ id }) => id)).not.toContain(first?.id);
    expect(reviewed.meta.reviews).toEqual({ accepted: 0, rejected: 1 });
    await appendReview(options.dir, { ...review, decision: 'undone' });
    await datasetFromRun(options.dir, { kind: 'scft', mix: [2, 1], size: null, output });
    expect((await recordsOf(output)).map(({ id }) => id)).toEqual(
      [first, ...others].map((record) => record?.id),
    );
    const { solutions, critiques } = await readRun(options.dir);
    expect(solutions.length + critiques.length).toBe(options.engine.asked.length);
  });

  it('takes only reviewed critiques when asked, as they were edited, and every one of them', async () => {
    const options = await sampleOptions();
    const { dataset } = await sample(options);
    const records = await recordsOf(dataset?.file);
    const [first, second] = records.filter(({ type }) => type === 'i2c');
    const output = path.join(path.dirname(options.dir), 'reviewed.jsonl');
    const export_ = () =>
      datasetFromRun(options.dir, { kind: 'scft', mix: 'all', size: null, output, reviewed: true });
    const by = { by: 'ada', at: '2026-01-01T00:00:00Z' };
    const text = `The sum is wrong. Therefore, the answer is incorrect. \\boxed{${second?.gold}}`;
    await appendReview(options.dir, { critiqueId: first?.id ?? '', decision: 'accept', ...by });
    await appendReview(options.dir, { critiqueId: second?.id ?? '', decision: 'edited', text, ...by });
    expect((await export_()).meta).toMatchObject({ records: 2, i2c: 2, c2c: 0 });
    const written = await recordsOf(output);
    expect(written.find(({ id }) => id === second?.id)).toMatchObject({ c: text, cAnswer: second?.gold });
    // A person can be wrong, too.
    await appendReview(options.dir, {
      critiqueId: second?.id ?? '',
      decision: 'edited',
      text: text.replace(/boxed.*/, 'boxed{-7}'),
      ...by,
    });
    expect((await export_()).meta).toMatchObject({ records: 1 });
    expect((await export_()).dropped.map(({ filter }) => filter)).toContain('wrong-answer');
  });

  it('hashes what it wrote, and the statements that were trained on', async () => {
    const options = await sampleOptions();
    const { dataset } = await sample(options);
    const text = await readFile(dataset?.file ?? '');
    const { createHash } = await import('node:crypto');
    expect(dataset?.meta.sha256).toBe(createHash('sha256').update(text).digest('hex'));
    const questions = new Set((await recordsOf(dataset?.file)).map(({ q }) => q));
    expect(dataset?.meta.problemHashes).toHaveLength(questions.size);
  });

  it('is written again when the file was changed by hand', async () => {
    const options = await sampleOptions();
    const { dataset } = await sample(options);
    await writeFile(dataset?.file ?? '', 'spoilt\n');
    const again = await sample({ ...options, engine: memoryEngine() });
    expect(again.dataset?.isUnchanged).toBe(false);
    expect((await recordsOf(again.dataset?.file)).length).toBe(dataset?.meta.records);
  });

  it('needs critiques', async () => {
    const options = await sampleOptions();
    const abort = new AbortController();
    abort.abort();
    await sample({ ...options, signal: abort.signal });
    await expect(
      datasetFromRun(options.dir, {
        kind: 'scft',
        mix: [2, 1],
        size: null,
        output: path.join(options.dir, 'x.jsonl'),
      }),
    ).rejects.toMatchObject({ code: 'no-critiques' });
  });
});
