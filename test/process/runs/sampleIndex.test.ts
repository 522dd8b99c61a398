import { appendFile, readdir, rename, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';
import { summariesOf } from '../../../src/node/comparison/runSummary.ts';
import { createRun, openRunIndex, readRun } from '../../../src/node/runs/index.ts';
import { scanCritique, scanSolution } from '../../../src/node/runs/sampleIndex/scanRow.ts';
import { manifest, temporaryDir } from './fixtures.ts';
import { freshCache, indexOf } from './freshCache.ts';
import { lineOf, smallRun } from './largeRun.ts';

const cache = freshCache();

/** What the index holds, and what the one reader of runs says, in the same words. */
async function bothViews(dir: string) {
  const index = await indexOf(dir);
  const indexed = [...index.all()].map(({ offset: _, length: __, note: ___, ...row }) => row);
  index.close();
  const run = await readRun(dir);
  const read = [...run.solutions.map(short), ...run.critiques.map(short)];
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return { indexed: indexed.sort(byId), read: read.sort(byId), faults: run.faults.length };
}

function short(row: Solution | Critique) {
  const { id, problemId, index, grade, finish, tokens, ms, answer, error } = row;
  const isCritique = 'solutionId' in row;
  return {
    ...{ id, problemId, index, grade, finish, tokens, ms, answer },
    file: isCritique ? 'critiques' : 'solutions',
    hasError: error !== undefined,
    solutionId: isCritique ? row.solutionId : null,
    verdict: isCritique ? row.verdict : null,
    transition: isCritique ? row.transition : null,
  };
}

const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '42',
    '\\frac{1}{2}',
    '"',
    '\\',
    'ü∑🤔',
    '","promptTokens":3',
    'a\nb',
    '\u2028',
    '","answer":null,"grade":"correct"',
  ),
);
const id = fc.constantFrom('p', 'aime#7', 'ünï', 'a b', 'p-2');
const generated = fc.record({
  problemId: id,
  index: fc.nat(3),
  seed: fc.nat(2 ** 31),
  text: fc.array(word, { maxLength: 4 }).map((parts) => parts.join('')),
  promptTokens: fc.nat(99),
  tokens: fc.nat(9999),
  finish: fc.constantFrom('stop' as const, 'length' as const, 'error' as const, 'abort' as const),
  ms: fc.oneof(fc.nat(10_000), fc.double({ min: 0, max: 1e5, noNaN: true })),
  error: fc.option(word, { nil: undefined }),
  answer: fc.option(word),
  grade: fc.constantFrom('correct' as const, 'incorrect' as const, 'undetermined' as const),
  reason: fc.constantFrom('equal', 'no-answer'),
  layer: fc.constantFrom('integer', 'text'),
  doubt: fc.option(fc.array(fc.constantFrom('several-boxes', 'guess'), { maxLength: 2 }), { nil: undefined }),
});
const solutions = generated.map(({ problemId, index, seed, text, ...rest }): Solution => {
  return { id: `${problemId}#${index}`, problemId, index, seed, text, ...rest };
});
const critiques = fc
  .tuple(generated, fc.nat(2), fc.constantFrom('correct' as const, 'none' as const))
  .map(([{ problemId, index, seed, text, ...rest }, parent, verdict]): Critique => {
    const solutionId = `${problemId}#${parent}`;
    const finding = {
      span: [0, 2] as [number, number],
      kind: 'missed' as const,
      confidence: 0.5,
      anchor: 'whole' as const,
    };
    const ids = { id: `${solutionId}/${index}`, solutionId, problemId, index };
    const transition = verdict === 'none' ? null : ('i→c' as const);
    return { ...ids, seed, text, ...rest, verdict, transition, findings: [{ ...finding, message: text }] };
  });

describe('the scan of a line', () => {
  it('gives what JSON gives, or gives up', () => {
    let given = 0;
    fc.assert(
      fc.property(fc.oneof(solutions, critiques), (row) => {
        const line = Buffer.from(lineOf(row));
        const scanned =
          'solutionId' in row
            ? scanCritique(line, 0, line.length - 1)
            : scanSolution(line, 0, line.length - 1);
        if (scanned === null) return;
        given += 1;
        const { problemId, index, tokens, answer } = row;
        expect(scanned).toMatchObject({
          problemId,
          index,
          tokens,
          answer,
          hasError: row.error === undefined ? 0 : 1,
        });
        expect(scanned.ms).toBeCloseTo(row.ms, 9);
      }),
      { numRuns: 500 },
    );
    expect(given).toBeGreaterThan(20);
  });

  it('never takes a damaged line for a whole one', () => {
    fc.assert(
      fc.property(solutions, fc.nat(), fc.nat(255), (row, at, byte) => {
        const line = Buffer.from(lineOf(row)).subarray(0, -1);
        const cut = line.subarray(0, at % line.length);
        expect(scanSolution(cut, 0, cut.length)).toBeNull();
        const changed = Buffer.from(line);
        changed[at % line.length] = byte;
        const scanned = scanSolution(changed, 0, changed.length);
        // Inside of a text anything may change; the number of fields may not.
        if (scanned !== null) expect(scanned.index).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the index of a run', () => {
  it('holds what the lines say, however they came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(solutions, critiques), { maxLength: 12 }),
        fc.array(fc.nat(12), { maxLength: 3 }),
        async (rows, pauses) => {
          const dir = path.join(await temporaryDir(), 'run');
          await createRun(dir, manifest('run'), []);
          for (const [at, row] of rows.entries()) {
            await appendFile(
              path.join(dir, 'solutionId' in row ? 'critiques.jsonl' : 'solutions.jsonl'),
              lineOf(row),
            );
            if (pauses.includes(at)) (await indexOf(dir)).close();
          }
          await appendFile(path.join(dir, 'solutions.jsonl'), '{"id":"torn');
          const { indexed, read } = await bothViews(dir);
          expect(indexed).toEqual(read);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('names bad lines, and goes on', async () => {
    const dir = await smallRun();
    await appendFile(path.join(dir, 'solutions.jsonl'), '{}\nnot JSON\n\n');
    const index = await indexOf(dir);
    expect(index.faults().map(({ line }) => line)).toEqual([25, 26]);
    expect(index.count()).toBe(24 + 48);
    index.close();
  });

  it('is made anew when a file was cut or replaced', async () => {
    const dir = await smallRun();
    (await indexOf(dir)).close();
    const file = path.join(dir, 'solutions.jsonl');
    await truncate(file, 100);
    await truncate(file, 0);
    expect((await bothViews(dir)).indexed).toHaveLength(48);
    await writeFile(`${file}.new`, lineOf({ ...(await readRun(await smallRun())).solutions[3] }));
    await rename(`${file}.new`, file);
    const { indexed, read } = await bothViews(dir);
    expect(indexed).toEqual(read);
    expect(indexed).toHaveLength(49);
  });

  it('is made anew when it is damaged, of another layout or deleted', async () => {
    const dir = await smallRun();
    const whole = (await bothViews(dir)).indexed;
    const [name] = (await readdir(cache.folder)).filter((file) => file.endsWith('.sqlite'));
    const file = path.join(cache.folder, name ?? '');
    for (const damage of ['not SQLite at all, by any means', '']) {
      await writeFile(file, damage);
      expect((await bothViews(dir)).indexed).toEqual(whole);
    }
    const sqlite = await import('node:sqlite');
    const database = new sqlite.DatabaseSync(file);
    database.exec('PRAGMA user_version = 99; DROP TABLE samples');
    database.close();
    expect((await bothViews(dir)).indexed).toEqual(whole);
  });

  it('is filled by several readers at once', async () => {
    const dir = await smallRun();
    const indexes = await Promise.all([1, 2, 3].map(() => indexOf(dir)));
    expect(indexes.map((index) => index.count())).toEqual([72, 72, 72]);
    for (const index of indexes) index.close();
  });

  it('is left alone while another process holds it for long', { timeout: 60_000 }, async () => {
    const dir = await smallRun();
    (await indexOf(dir)).close();
    const [name] = (await readdir(cache.folder)).filter((file) => file.endsWith('.sqlite'));
    const sqlite = await import('node:sqlite');
    const holder = new sqlite.DatabaseSync(path.join(cache.folder, name ?? ''));
    holder.exec('BEGIN IMMEDIATE');
    expect(await openRunIndex(dir)).toBeNull();
    expect((await summariesOf(dir, { largeBytes: 0 })).summary?.solutions).toBe(24);
    holder.exec('COMMIT');
    holder.close();
    expect((await bothViews(dir)).indexed).toHaveLength(72);
  });

  it('is done without where ids are of another making, or where there is no cache', async () => {
    const dir = await smallRun();
    process.env.REFLECTION_CACHE_DIR = path.join(dir, 'run.json', 'cache');
    expect(await openRunIndex(dir)).toBeNull();
    process.env.REFLECTION_CACHE_DIR = cache.folder;
    const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    expect(await openRunIndex(dir)).toBeNull();
    expect((await summariesOf(dir, { largeBytes: 0 })).summary?.solutions).toBe(24);
    builtin.mockRestore();
    const [row] = (await readRun(dir)).solutions;
    await appendFile(path.join(dir, 'solutions.jsonl'), lineOf({ ...row, id: 'some-name' }));
    expect(await openRunIndex(dir)).toBeNull();
  });

  it('filters, pages and reads whole lines', async () => {
    const dir = await smallRun();
    const index = await indexOf(dir);
    const filter = { file: 'solutions', grade: 'correct' } as const;
    const right = (await readRun(dir)).solutions.filter(({ grade }) => grade === 'correct');
    expect(index.count(filter)).toBe(right.length);
    const pages = [0, 1, 2].flatMap((page) => index.list(filter, { offset: page * 5, limit: 5 }));
    expect(new Set(pages.map((row) => row.id)).size).toBe(Math.min(15, right.length));
    const [first] = pages;
    if (first === undefined) throw new Error('there is no right solution');
    expect(await index.read(first)).toEqual(right.find((row) => row.id === first.id));
    index.close();
  });
});
