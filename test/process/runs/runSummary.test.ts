import { appendFile, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS, type ProblemGroup } from '../../../src/core/metrics/index.ts';
import type { RunSummary } from '../../../src/core/schema/comparison.ts';
import { measureRun, summarize } from '../../../src/node/comparison/index.ts';
import { summariesOf } from '../../../src/node/comparison/runSummary.ts';
import { readRun } from '../../../src/node/runs/index.ts';
import { freshCache, indexOf } from './freshCache.ts';
import { lineOf, smallRun } from './largeRun.ts';

const cache = freshCache();

describe('the summary of a run', () => {
  it('equals from the index the one from the lines', async () => {
    for (const kind of ['evaluate', 'critique', 'sample'] as const) {
      const dir = await smallRun(kind);
      const whole = summarize(await measureRun(dir));
      const light = await summariesOf(dir, { largeBytes: 0 });
      expect(light.summary?.metrics.length).toBeGreaterThan(2);
      const left = new Set(light.leftOut);
      const metrics = whole.metrics.filter(({ label }) => !left.has(label));
      expect(drawless(light.summary)).toEqual(drawless({ ...whole, metrics }));
    }
  });

  it('counts reflections once in each text, and of a run that has grown in the new ones only', async () => {
    const dir = await smallRun();
    const read: number[] = [];
    const options = { largeBytes: 0, onRead: (bytes: number) => void read.push(bytes) };
    const first = await summariesOf(dir, options);
    expect(first.leftOut).toEqual([]);
    const reflections = (found: RunSummary | null) =>
      found?.metrics.find(({ id }) => id === 'reflections.lrm')?.estimate.value ?? 0;
    expect(reflections(first.summary)).toBeGreaterThan(0);
    const { solutions } = await readRun(dir);
    const [row] = solutions;
    // The newest line of a sample counts, and what was noted of the older one does not.
    const line = lineOf({ ...row, text: 'Wait. Wait. Wait, hold on.' });
    await appendFile(path.join(dir, 'solutions.jsonl'), line);
    const second = await summariesOf(dir, options);
    const size = (await readFile(path.join(dir, 'solutions.jsonl'))).length;
    expect(read).toEqual([expect.any(Number), Buffer.byteLength(line) - 1]);
    expect(read[0]).toBeGreaterThan(size / 2);
    expect(drawless(second.summary)).toEqual(drawless(summarize(await measureRun(dir))));
    // Another version counts anew.
    const index = await indexOf(dir);
    await index.note({ of: 'length', noteOf: (text) => String(text.length) });
    const notes = new Map([...index.all()].map(({ id, note }) => [id, note]));
    expect(notes.get(solutions[1]?.id ?? '')).toBe(String(solutions[1]?.text.length));
    index.close();
  });

  it('reads the texts on request, and gives parts', async () => {
    const dir = await smallRun();
    const detailed = await summariesOf(dir, { detail: true, by: 'level', largeBytes: 0 });
    const whole = drawless(summarize(await measureRun(dir), { detail: true }));
    expect(drawless(detailed.summary)?.metrics).toEqual(expect.arrayContaining(whole?.metrics ?? []));
    expect(detailed.parts.map(({ label, problems }) => [label, problems])).toEqual([
      ['level 0', 2],
      ['level 1', 1],
      ['level 2', 1],
      ['level 3', 1],
      ['level 4', 1],
    ]);
  });

  it('is remembered until there is a new line', async () => {
    const dir = await smallRun();
    const first = await summariesOf(dir, { largeBytes: 0 });
    expect(await summariesOf(dir, { largeBytes: 0 })).toEqual(first);
    const [row] = (await readRun(dir)).solutions;
    const id = `${row?.problemId}#4`;
    await appendFile(path.join(dir, 'solutions.jsonl'), lineOf({ ...row, id, index: 4 }));
    expect((await summariesOf(dir, { largeBytes: 0 }))?.summary?.solutions).toBe(
      (first.summary?.solutions ?? 0) + 1,
    );
  });

  it('is remembered without an index where the run is small', async () => {
    const dir = await smallRun();
    const file = path.join(dir, 'solutions.jsonl');
    await utimes(file, 1e9, 1e9);
    const first = await summariesOf(dir);
    expect((await readdir(cache.folder)).filter((name) => name.startsWith('samples-'))).toEqual([]);
    // What only a second reading would notice: size and time of the file are as they were.
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('"grade":"correct"', '"grade":"correkt"'));
    await utimes(file, 1e9, 1e9);
    expect(await summariesOf(dir)).toEqual(first);
    await appendFile(file, '\n');
    const changed = await summariesOf(dir);
    expect(changed.faults.length).toBeGreaterThan(0);
    // A broken memory is thrown away, and the next one is remembered again.
    await writeFile(path.join(cache.folder, 'summaries.sqlite'), 'not SQLite at all, by any means');
    expect(await summariesOf(dir)).toEqual(changed);
    expect(await summariesOf(dir)).toEqual(changed);
  });

  it('falls back to the lines when the database breaks under it', async () => {
    const dir = await smallRun();
    const whole = await summariesOf(dir);
    (await indexOf(dir)).close();
    const name = (await readdir(cache.folder)).find((file) => /^samples-.*\.sqlite$/.test(file));
    // The first page stays whole, so that opening notices nothing.
    const file = path.join(cache.folder, name ?? '');
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0x7f, 4096));
    expect(await summariesOf(dir, { largeBytes: 0 })).toEqual(whole);
  });

  it('is made of metrics that look at no text', async () => {
    const measured = await measureRun(await smallRun('sample'));
    const blind = measured.groups.map((group): ProblemGroup => {
      const hide = <Row extends object>(row: Row): Row =>
        new Proxy(row, {
          get: (target, field) => {
            if (field === 'text' || field === 'findings') throw new Error(`looks at ${field}`);
            return Reflect.get(target, field);
          },
        });
      return { ...group, solutions: group.solutions.map(hide), critiques: group.critiques.map(hide) };
    });
    for (const metric of METRICS.filter(({ readsText }) => readsText !== true)) {
      expect(() => metric.compute(blind), metric.id).not.toThrow();
    }
    // The mark is not given away for nothing.
    for (const metric of METRICS.filter(({ readsText }) => readsText)) {
      expect(() => metric.compute(blind), metric.id).toThrow(/looks at/);
    }
  });
});

/** Intervals are drawn problem by problem, and the two come in another order: their ends are left out. */
function drawless(summary: RunSummary | null) {
  if (summary === null) return null;
  const metrics = summary.metrics.map(({ estimate: { interval, ...estimate }, ...words }) => ({
    ...words,
    estimate: { ...estimate, hasInterval: interval !== null },
  }));
  return { ...summary, metrics };
}
