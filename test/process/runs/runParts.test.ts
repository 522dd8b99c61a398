import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readRun, readRunPart, runTallies, tailRun, talliesOf } from '../../../src/node/runs/index.ts';
import { temporaryDir } from './fixtures.ts';
import { freshCache } from './freshCache.ts';
import { writeLargeRun } from './largeRun.ts';

freshCache();

async function writtenRun(): Promise<string> {
  const dir = path.join(await temporaryDir(), 'run');
  await writeLargeRun(dir, { problems: 40, n: 3, critiques: 2, characters: 200 });
  const review = { critiqueId: 'problem-7#1/0', decision: 'accept', by: 'me', at: '2026-01-01T00:00:00Z' };
  await writeFile(path.join(dir, 'reviews.jsonl'), `${JSON.stringify(review)}\n`);
  return dir;
}

/** `none`: no SQLite file can be made there, and the run is read whole. */
const CACHES = ['an index', 'none'] as const;

describe.each(CACHES)('parts of a run, with %s', (cache) => {
  beforeEach(() => {
    if (cache === 'none') process.env.REFLECTION_CACHE_DIR = '/dev/null/nowhere';
  });

  it('tally its problems as reading it whole does', async () => {
    const dir = await writtenRun();
    await appendFile(path.join(dir, 'solutions.jsonl'), '{"torn": true}\n');
    const tallies = await runTallies(dir);
    expect(tallies).toEqual(talliesOf(await readRun(dir)));
    expect(tallies.problems).toHaveLength(40);
    expect(tallies.faults).toHaveLength(1);
  });

  it('hold one problem, or one solution with its critiques, and all reviews', async () => {
    const dir = await writtenRun();
    const whole = await readRun(dir);
    const problem = await readRunPart(dir, { problemId: 'problem-7' });
    expect(problem.problems.map(({ id }) => id)).toEqual(['problem-7']);
    expect(new Set(problem.solutions)).toEqual(
      new Set(whole.solutions.filter(({ problemId }) => problemId === 'problem-7')),
    );
    expect(problem.critiques).toHaveLength(6);
    for (const sampleId of ['problem-7#1', 'problem-7#1/1']) {
      const part = await readRunPart(dir, { sampleId });
      expect(part.solutions.map(({ id }) => id)).toEqual(['problem-7#1']);
      expect(part.critiques.map(({ id }) => id).sort()).toEqual(['problem-7#1/0', 'problem-7#1/1']);
      expect(part.reviews).toEqual(whole.reviews);
    }
  });

  it('of what is not there are empty', async () => {
    const dir = await writtenRun();
    for (const name of [{ problemId: 'x' }, { sampleId: 'problem-7#99' }, { sampleId: 'no id at all' }]) {
      expect(await readRunPart(dir, name)).toMatchObject({ solutions: [], critiques: [] });
    }
  });
});

describe('following only the events of a run', () => {
  it('reads no samples', async () => {
    const dir = await writtenRun();
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const first = await tailRun(dir, { signal: stop.signal, files: ['events'] }).next();
    expect(first.value).toMatchObject({ solutions: [], critiques: [], hasMore: false });
    expect(first.value?.events).toHaveLength(3);
  });
});
