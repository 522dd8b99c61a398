import { spawn } from 'node:child_process';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../../src/core/schema/event.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';
import { createRun, type RunDelta, readRun, tailRun } from '../../../src/node/runs/index.ts';
import { manifest, problems, solution, temporaryDir } from './fixtures.ts';

/** What a view that follows a run holds. */
class View {
  solutions: Solution[] = [];
  events: RunEvent[] = [];
  faults = 0;
  resets = 0;
  take(delta: RunDelta): void {
    if (delta.reset.includes('solutions')) {
      this.solutions = [];
      this.resets += 1;
    }
    this.solutions.push(...delta.solutions);
    this.events.push(...delta.events);
    this.faults += delta.faults.length;
  }
}

async function follow() {
  const dir = path.join(await temporaryDir(), 'run');
  await createRun(dir, manifest('run'), problems);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const deltas = tailRun(dir, { signal: stop.signal, pollMs: 2 });
  const view = new View();
  /** Takes deltas until the view is as expected; the test's time limit is the only clock. */
  const until = async (isThere: () => boolean) => {
    while (!isThere()) {
      const next = await deltas.next();
      if (next.done === true) throw new Error('the tail ended');
      view.take(next.value);
    }
  };
  return { dir, file: path.join(dir, 'solutions.jsonl'), view, until, deltas, stop };
}

const line = (index: number, text?: string) => `${JSON.stringify(solution(index, text))}\n`;

describe('following a run', () => {
  it('first gives what is there, even when that is nothing, and then what is added', async () => {
    const { file, view, until, deltas } = await follow();
    expect((await deltas.next()).value).toMatchObject({ solutions: [], events: [], hasMore: false });
    await writeFile(file, line(0) + line(1));
    await until(() => view.solutions.length === 2);
    await appendFile(file, line(2));
    await until(() => view.solutions.length === 3);
    expect(view.solutions).toEqual([0, 1, 2].map((index) => solution(index)));
  });

  it('gives the same rows however the bytes arrive', async () => {
    const { file, view, until } = await follow();
    const bytes = Buffer.from([0, 1, 2].map((index) => line(index, '多字节 🤔 ∑')).join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        await writeFile(file, '');
        await until(() => view.solutions.length === 0);
        const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
        let start = 0;
        for (const end of ends) {
          await appendFile(file, bytes.subarray(start, end));
          const lines = bytes.subarray(0, end).toString('latin1').split('\n').length - 1;
          await until(() => view.solutions.length === lines);
          start = end;
        }
        expect(view.solutions).toEqual([0, 1, 2].map((index) => solution(index, '多字节 🤔 ∑')));
        expect(view.faults).toBe(0);
        await truncate(file, 0);
        await until(() => view.solutions.length === 0);
      }),
      { numRuns: 25 },
    );
  });

  it('survives a torn line that is cut off and followed by another', async () => {
    const { file, view, until } = await follow();
    const torn = Buffer.from(line(1)).subarray(0, 40);
    await writeFile(file, Buffer.concat([Buffer.from(line(0)), torn]));
    await until(() => view.solutions.length === 1);
    await truncate(file, Buffer.byteLength(line(0)));
    await appendFile(file, line(1));
    await until(() => view.solutions.length === 2);
    expect([view.faults, view.resets]).toEqual([0, 0]);
  });

  it('starts again when the file was cut, even when it has grown back in between', async () => {
    const { file, view, until } = await follow();
    await writeFile(file, [0, 1, 2].map((index) => line(index)).join(''));
    await until(() => view.solutions.length === 3);
    await writeFile(file, [5, 6, 7, 8].map((index) => line(index)).join(''));
    await until(() => view.resets === 1 && view.solutions.length === 4);
    expect(view.solutions.map(({ index }) => index)).toEqual([5, 6, 7, 8]);
  });

  it('starts again when the file was replaced', async () => {
    const { file, view, until } = await follow();
    await writeFile(file, line(0));
    await until(() => view.solutions.length === 1);
    await writeFile(`${file}.new`, line(3) + line(4));
    await rename(`${file}.new`, file);
    await until(() => view.resets === 1 && view.solutions.length === 2);
  });

  it('counts a bad line and an unknown event, and goes on', async () => {
    const { dir, file, view, until, deltas } = await follow();
    await deltas.next();
    await writeFile(
      path.join(dir, 'events.jsonl'),
      '{"type":"telepathy","t":1}\n{"type":"heartbeat","t":2}\n',
    );
    const delta = (await deltas.next()).value;
    expect(delta).toMatchObject({ events: [{ type: 'heartbeat' }], unknownEvents: 1, faults: [] });
    await writeFile(file, `{}\n${line(0)}`);
    await until(() => view.solutions.length === 1);
    expect(view.faults).toBe(1);
  });

  it('hands over a large file in parts', async () => {
    const { file, deltas } = await follow();
    await writeFile(file, Array.from({ length: 9_000 }, (_, index) => line(index, 'x'.repeat(800))).join(''));
    const sizes: number[] = [];
    let isLast = false;
    while (!isLast) {
      const { value } = await deltas.next();
      if (value === undefined) throw new Error('the tail ended');
      sizes.push(value.solutions.length);
      isLast = !value.hasMore;
    }
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(9_000);
  });

  it('keeps up with a thousand lines a second, through a cut and a rotation', {
    timeout: 60_000,
  }, async () => {
    const { dir, file, view, until } = await follow();
    const SECONDS = 4;
    // Each line says when it was written; the file is cut after a third and replaced after two thirds of the time.
    const script = `
      const { appendFileSync, renameSync, truncateSync } = require('node:fs');
      const row = ${JSON.stringify(solution(0, 'x'.repeat(500)))};
      let made = 0;
      const began = Date.now();
      const timer = setInterval(() => {
        const due = Math.min(${SECONDS * 1000}, Date.now() - began);
        let lines = '';
        for (; made < due; made += 1) {
          if (made === ${Math.round((SECONDS * 1000) / 3)}) { flush(lines); lines = ''; truncateSync(process.argv[1]); }
          if (made === ${Math.round((SECONDS * 2000) / 3)}) { flush(lines); lines = ''; renameSync(process.argv[1], process.argv[1] + '.old'); }
          lines += JSON.stringify({ ...row, id: 'p#' + made, index: made, ms: Date.now() }) + '\\n';
        }
        flush(lines);
        if (made === ${SECONDS * 1000}) clearInterval(timer);
      }, 5);
      function flush(lines) { if (lines !== '') appendFileSync(process.argv[1], lines); }
    `;
    const writer = spawn(process.execPath, ['-e', script, file], { stdio: 'inherit' });
    onTestFinished(() => void writer.kill('SIGKILL'));
    const lags: number[] = [];
    let seen = 0;
    await until(() => {
      const fresh = view.solutions.slice(view.resets === seen ? lags.length : 0);
      if (view.resets !== seen) [seen, lags.length] = [view.resets, 0];
      for (const row of fresh) lags.push(Date.now() - row.ms);
      return view.solutions.at(-1)?.index === SECONDS * 1000 - 1;
    });
    expect(view.faults).toBe(0);
    expect(view.resets).toBe(2);
    const kept = view.solutions.map(({ index }) => index);
    expect(kept).toEqual(kept.map((_, at) => Math.round((SECONDS * 2000) / 3) + at));
    expect(lags.sort((a, b) => a - b)[lags.length >> 1]).toBeLessThan(500);
    expect((await readRun(dir)).solutions).toEqual(view.solutions);
  });

  it('ends when the signal aborts', async () => {
    const { deltas, stop } = await follow();
    await deltas.next();
    const next = deltas.next();
    stop.abort();
    expect((await next).done).toBe(true);
  });
});
